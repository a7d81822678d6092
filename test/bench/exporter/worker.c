/*
 * worker COUNT idle|busy [CGROUP.PROCS...]: a family of COUNT processes, this one included, that ends with it.
 * With cgroups it joins these first, in a network namespace of its own, as a container's processes would be.
 *
 * idle: waits. busy: twice a second each process computes for less than 0.1 ms, reads, writes, and takes another amount of
 * memory, so that what the kernel tells of it (stat, statm, io) has changed by the next scrape.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { page = 4096, sizes = 7, spins = 30000 };

static void work(int number) {
  static char bytes[1024];
  int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
  /* Not all at once. */
  usleep((useconds_t)(number * 7919 % 500) * 1000);
  for (int step = 0;; step++) {
    for (volatile int spin = 0; spin < spins; spin++) {
    }
    if (read(zero, bytes, sizeof bytes) < 0 || write(null, bytes, sizeof bytes) < 0) exit(1);
    size_t length = (size_t)(step % sizes + 1) * page;
    char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(1);
    memset(memory, 1, length);
    usleep(500000);
    munmap(memory, length);
  }
}

static int join(const char *path) {
  int file = open(path, O_WRONLY);
  if (file < 0 || write(file, "0", 1) != 1) {
    perror(path);
    return 0;
  }
  close(file);
  return 1;
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  int members = atoi(arguments[1]), busy = strcmp(arguments[2], "busy") == 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 3; i < count; i++)
    if (!join(arguments[i])) return 1;
  if (count > 3 && unshare(CLONE_NEWNET) != 0) {
    perror("unshare");
    return 1;
  }
  int number = 1;
  for (; number < members; number++) {
    pid_t child = fork();
    if (child < 0) {
      perror("fork");
      return 1;
    }
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      break;
    }
  }
  if (number == members) {
    number = 0;
    printf("ready\n");
    fflush(stdout);
  }
  if (busy) work(number + (int)getppid());
  for (;;) pause();
}
