/*
 * Lets a program meet faults of the kernel: preloaded (LD_PRELOAD), it stands between the program and
 * open(2), read(2) and pread(2) of the files that the control file named by KERNEL_FAULTS tells of.
 * The control file is mapped: what is written into it counts at once. Its first byte is ours: "w" while a
 * call is made to wait. From byte 8 on it has a line a fault, `WHERE WHAT PATH`, up to a zero byte:
 *
 *     open 13 /proc/1/io        open fails with errno 13
 *     read 5 /proc/[0-9]*       read fails with errno 5, also over a descriptor that is open already
 *     piece 7 /proc/stat        a read gives 7 bytes at most
 *     content /tmp/x /proc/stat reads give what is in /tmp/x
 *     open wait /proc/7/stat    open waits until the line is gone (read wait: the same)
 *
 * PATH is a pattern of fnmatch(3), in which a * also stands for slashes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { control_size = 65536, line_size = 1024 };

struct fault {
  char where[16];
  char what[512];
};

static volatile char *control;

__attribute__((constructor)) static void map_control(void) {
  const char *path = getenv("KERNEL_FAULTS");
  int file = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  if (file < 0) {
    fputs("KERNEL_FAULTS does not name a file that can be written.\n", stderr);
    _exit(1);
  }
  control = mmap(NULL, control_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  syscall(SYS_close, file);
}

/* Finds the first fault of this place that concerns the path. */
static int find(const char *where, const char *path, struct fault *fault) {
  char pattern[512], line[line_size];
  const volatile char *at = control + 8;
  while (*at != 0) {
    size_t length = 0;
    for (; *at != 0 && *at != '\n'; at++)
      if (length < sizeof line - 1) line[length++] = *at;
    line[length] = 0;
    if (*at == '\n') at++;
    if (sscanf(line, "%15s %511s %511s", fault->where, fault->what, pattern) == 3 &&
        strcmp(fault->where, where) == 0 && fnmatch(pattern, path, 0) == 0)
      return 1;
  }
  return 0;
}

/* The errno that the call fails with; 0 when it is to go on. */
static int meet(const char *where, const char *path) {
  struct fault fault;
  while (find(where, path, &fault)) {
    if (strcmp(fault.what, "wait") != 0) return atoi(fault.what);
    control[0] = 'w';
    usleep(1000);
  }
  control[0] = ' ';
  return 0;
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
  int error = control[8] == 0 ? 0 : meet("open", path);
  if (error != 0) {
    errno = error;
    return -1;
  }
  return (int)syscall(SYS_openat, folder, path, flags, mode);
}

#define OPEN(name)                                                \
  int name(const char *path, int flags, ...) {                    \
    va_list rest;                                                 \
    va_start(rest, flags);                                        \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                 \
    return open_at(AT_FDCWD, path, flags, mode);                  \
  }
#define OPENAT(name)                                              \
  int name(int folder, const char *path, int flags, ...) {        \
    va_list rest;                                                 \
    va_start(rest, flags);                                        \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                                 \
    return open_at(folder, path, flags, mode);                    \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

static ssize_t plain_read(int file, void *buffer, size_t size, off_t offset) {
  return offset < 0 ? syscall(SYS_read, file, buffer, size)
                    : syscall(SYS_pread64, file, buffer, size, offset);
}

/* An offset below 0 is that of the descriptor, which a `content` begins at as at 0. */
static ssize_t read_at(int file, void *buffer, size_t size, off_t offset) {
  char link[64], path[4096];
  struct fault fault;
  if (control[8] == 0) return plain_read(file, buffer, size, offset);
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = syscall(SYS_readlink, link, path, sizeof path - 1);
  if (length <= 0 || path[0] != '/') return plain_read(file, buffer, size, offset);
  path[length] = 0;

  int error = meet("read", path);
  if (error != 0) {
    errno = error;
    return -1;
  }
  if (find("piece", path, &fault)) {
    size_t most = (size_t)atoi(fault.what);
    return plain_read(file, buffer, size < most ? size : most, offset);
  }
  if (!find("content", path, &fault)) return plain_read(file, buffer, size, offset);
  off_t from = offset < 0 ? (off_t)syscall(SYS_lseek, file, 0, SEEK_CUR) : offset;
  int other = (int)syscall(SYS_openat, AT_FDCWD, fault.what, O_RDONLY | O_CLOEXEC, 0);
  if (other < 0) return -1;
  ssize_t count = plain_read(other, buffer, size, from);
  if (offset < 0 && count > 0) syscall(SYS_lseek, file, from + count, SEEK_SET);
  syscall(SYS_close, other);
  return count;
}

ssize_t read(int file, void *buffer, size_t size) { return read_at(file, buffer, size, -1); }
ssize_t pread(int file, void *buffer, size_t size, off_t offset) { return read_at(file, buffer, size, offset); }
ssize_t pread64(int file, void *buffer, size_t size, off_t offset) { return read_at(file, buffer, size, offset); }
