/*
 * The floor of reading: opens every file named in a list, one a line, and keeps it open. For each line on
 * stdin reads all of them, throws the bytes away, and prints the CPU that this took, in nanoseconds.
 * First it prints how many files it has open.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char buffer[65536];

static long long cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Files of many records come in pieces; a short first piece that ends in a newline is the whole. */
static void read_all(int descriptor) {
  off_t length = 0;
  for (;;) {
    ssize_t count = pread(descriptor, buffer, sizeof buffer, length);
    if (count <= 0) return;
    if (length == 0 && count < 2048 && buffer[count - 1] == '\n') return;
    length += count;
  }
}

int main(int count, char **arguments) {
  FILE *list = count == 2 ? fopen(arguments[1], "r") : NULL;
  if (list == NULL) {
    fprintf(stderr, "usage: floor LIST\n");
    return 2;
  }
  int *descriptors = NULL;
  size_t open_files = 0, room = 0;
  char line[4096];
  while (fgets(line, sizeof line, list)) {
    line[strcspn(line, "\n")] = 0;
    int descriptor = open(line, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    if (open_files == room) {
      room = room ? 2 * room : 4096;
      descriptors = realloc(descriptors, room * sizeof *descriptors);
      if (descriptors == NULL) return 1;
    }
    descriptors[open_files++] = descriptor;
  }
  fclose(list);
  printf("%zu\n", open_files);
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    long long start = cpu();
    for (size_t file = 0; file < open_files; file++) read_all(descriptors[file]);
    printf("%lld\n", cpu() - start);
    fflush(stdout);
  }
  return 0;
}
