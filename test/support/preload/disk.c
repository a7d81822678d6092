/*
 * A disk that fails, for a process that is started with LD_PRELOAD: the chosen call on files below a path
 * fails with the chosen errno for as long as a control file says so. libuv does files by these calls of libc.
 *
 *   KUBEMON_DISK_BELOW    the path below which files fail
 *   KUBEMON_DISK_CONTROL  the control file: lines of CALL ERRNO [NAME [TIMES]], as "fdatasync 5 node.csv 1".
 *                         CALL is write, short (half is written, then the error), sync, truncate, open (for
 *                         writing) or rename; NAME is the end of the file's path, * any.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) abort();
  return found;
}

/* How often the line of that number has failed a call, since the control file was written anew. */
static int used[16];
static struct timespec written;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

static int failure_by(FILE *control, const char *call, const char *path) {
  struct stat status;
  if (fstat(fileno(control), &status) == 0 &&
      (status.st_mtim.tv_sec != written.tv_sec || status.st_mtim.tv_nsec != written.tv_nsec)) {
    written = status.st_mtim;
    memset(used, 0, sizeof used);
  }
  char line[512];
  for (int number = 0; number < 16 && fgets(line, sizeof line, control) != NULL; number++) {
    char chosen[32], name[256] = "*";
    int error = 0, times = INT_MAX;
    if (sscanf(line, "%31s %d %255s %d", chosen, &error, name, &times) < 2) continue;
    if (strcmp(chosen, call) != 0 || used[number] >= times) continue;
    if (strcmp(name, "*") != 0 && !ends_with(path, name)) continue;
    used[number]++;
    return error;
  }
  return 0;
}

/* The errno that this call on this path is to fail with; 0: none. */
static int failure(const char *call, const char *path) {
  const char *below = getenv("KUBEMON_DISK_BELOW"), *control = getenv("KUBEMON_DISK_CONTROL");
  if (below == NULL || control == NULL || strncmp(path, below, strlen(below)) != 0) return 0;
  int error = 0;
  pthread_mutex_lock(&lock);
  FILE *file = fopen(control, "re");
  if (file != NULL) {
    error = failure_by(file, call, path);
    fclose(file);
  }
  pthread_mutex_unlock(&lock);
  return error;
}

static int failure_of(const char *call, int descriptor) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = 0;
  return failure(call, path);
}

#define FAIL_IF(error)    \
  do {                    \
    int failed = (error); \
    if (failed != 0) {    \
      errno = failed;     \
      return -1;          \
    }                     \
  } while (0)

/* How much of it is to be written. */
static int allowed(int descriptor, size_t *bytes) {
  int error = failure_of("write", descriptor);
  if (error == 0 && *bytes > 1 && failure_of("short", descriptor) != 0) *bytes /= 2;
  else if (error == 0 && *bytes == 1) error = failure_of("short", descriptor);
  return error;
}

ssize_t write(int descriptor, const void *data, size_t bytes) {
  FAIL_IF(allowed(descriptor, &bytes));
  return REAL(write)(descriptor, data, bytes);
}

ssize_t pwrite(int descriptor, const void *data, size_t bytes, off_t offset) {
  FAIL_IF(allowed(descriptor, &bytes));
  return REAL(pwrite)(descriptor, data, bytes, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t bytes, off64_t offset) {
  FAIL_IF(allowed(descriptor, &bytes));
  return REAL(pwrite64)(descriptor, data, bytes, offset);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  FAIL_IF(failure_of("write", descriptor));
  return REAL(writev)(descriptor, parts, count);
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
  FAIL_IF(failure_of("write", descriptor));
  return REAL(pwritev)(descriptor, parts, count, offset);
}

ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
  FAIL_IF(failure_of("write", descriptor));
  return REAL(pwritev64)(descriptor, parts, count, offset);
}

int fsync(int descriptor) {
  FAIL_IF(failure_of("sync", descriptor));
  return REAL(fsync)(descriptor);
}

int fdatasync(int descriptor) {
  FAIL_IF(failure_of("sync", descriptor));
  return REAL(fdatasync)(descriptor);
}

int ftruncate(int descriptor, off_t length) {
  FAIL_IF(failure_of("truncate", descriptor));
  return REAL(ftruncate)(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
  FAIL_IF(failure_of("truncate", descriptor));
  return REAL(ftruncate64)(descriptor, length);
}

int rename(const char *from, const char *to) {
  FAIL_IF(failure("rename", from));
  return REAL(rename)(from, to);
}

static int fails_to_open(const char *path, int flags) {
  return (flags & O_ACCMODE) == O_RDONLY && (flags & O_CREAT) == 0 ? 0 : failure("open", path);
}

#define MODE(flags)                   \
  mode_t mode = 0;                    \
  if ((flags & O_CREAT) != 0) {       \
    va_list rest;                     \
    va_start(rest, flags);            \
    mode = (mode_t)va_arg(rest, int); \
    va_end(rest);                     \
  }

int open(const char *path, int flags, ...) {
  MODE(flags)
  FAIL_IF(fails_to_open(path, flags));
  return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE(flags)
  FAIL_IF(fails_to_open(path, flags));
  return REAL(open64)(path, flags, mode);
}
