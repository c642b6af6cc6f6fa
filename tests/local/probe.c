// The program of the tests' containers. Does what its first word says: hello, many <lines>, burn, eat <MiB>,
// write <path>, read <path>, connect <address> <port>, serve <port>, escape. Says what came of it, then waits.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
static void leave(int signal)
{
    (void)signal;
    _exit(7);
}
static void say(const char* text)
{
    puts(text);
    fflush(stdout);
}
static void tell(const char* what, int worked)
{
    printf("%s: %s\n", what, worked ? "WORKED" : "refused");
    fflush(stdout);
}
// Whether a program that is written there can be started. Where nothing can be written nothing can; that must
// not be why it is refused in /tmp.
static int runs(const char* path, int isWritable)
{
    int file = open(path, O_CREAT | O_WRONLY, 0700);
    if (file < 0)
        return isWritable;
    write(file, "#!/probe hello\n", 15);
    close(file);
    char* words[] = {(char*)path, 0};
    int child = fork();
    if (child == 0) {
        execv(words[0], words);
        _exit(errno == EACCES ? 3 : 4);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}
// Everything that a container must not be able to do, one line each.
static void escape(void)
{
    tell("become root", setuid(0) == 0 && geteuid() == 0);
    tell("write to the image", open("/evil", O_CREAT | O_WRONLY, 0600) >= 0);
    tell("raw socket", socket(AF_INET, SOCK_RAW, 1) >= 0);
    tell("packet socket", socket(AF_PACKET, SOCK_RAW, 3) >= 0);
    tell("mount", mount("none", "/tmp", "tmpfs", 0, 0) == 0);
    tell("make a device", mknod("/tmp/disk", S_IFBLK | 0600, makedev(8, 0)) == 0);
    tell("change root", chroot("/tmp") == 0);
    tell("leave its namespaces", unshare(CLONE_NEWNS) == 0);
    tell("set the clock of the machine", sethostname("evil", 4) == 0);
    tell("write to the kernel", open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0);
    tell("see the engine", access("/run/podman/podman.sock", F_OK) == 0 || access("/run/docker.sock", F_OK) == 0);
    tell("open a disk", open("/dev/sda", O_RDONLY) >= 0 || open("/dev/vda", O_RDONLY) >= 0 || open("/dev/mem", O_RDONLY) >= 0);
    tell("run what it wrote to /tmp", runs("/tmp/program", 1));
    tell("run what it wrote to /run", runs("/run/program", 0));
    tell("run what it wrote to /var/tmp", runs("/var/tmp/program", 0));
    int child = 0;
    int children = 0;
    for (; children < 2000; ++children) {
        child = fork();
        if (child < 0)
            break;
        if (child == 0)
            for (;;)
                pause();
    }
    tell("fork without end", children >= 2000);
    printf("processes: %d\n", children);
    say("tried everything");
}
int main(int count, char** word)
{
    const char* what = count > 1 ? word[1] : "hello";
    signal(SIGTERM, leave);
    fprintf(stderr, "a word on stderr\n");
    if (!strcmp(what, "hello"))
        say("hello");
    if (!strcmp(what, "many"))
        for (int i = 0; i < atoi(word[2]); ++i)
            printf("line %d\n", i);
    if (!strcmp(what, "burn")) {
        say("burning");
        for (volatile long i = 0;; ++i)
            ;
    }
    if (!strcmp(what, "eat")) {
        long size = atol(word[2]) << 20;
        char* all = malloc(size);
        for (long at = 0; at < size; at += 4096)
            all[at] = 1;
        say("ate");
    }
    if (!strcmp(what, "write")) {
        FILE* file = fopen(word[2], "w");
        if (file) {
            fputs("kept", file);
            fclose(file);
            say("written");
        } else {
            printf("not written: %s\n", strerror(errno));
            fflush(stdout);
        }
    }
    if (!strcmp(what, "read")) {
        char text[100] = "";
        FILE* file = fopen(word[2], "r");
        if (file && fgets(text, sizeof text, file))
            say(text);
        else
            say("nothing there");
    }
    if (!strcmp(what, "connect")) {
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(word[3]))};
        inet_pton(AF_INET, word[2], &to.sin_addr);
        alarm(5);
        if (!connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr*)&to, sizeof to))
            say("connected");
        else {
            printf("not connected: %s\n", strerror(errno));
            fflush(stdout);
        }
        alarm(0);
    }
    if (!strcmp(what, "escape"))
        escape();
    if (!strcmp(what, "serve")) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(word[2]))};
        int door = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(door, (struct sockaddr*)&at, sizeof at) || listen(door, 5))
            say("cannot serve");
        else
            say("serving");
        for (;;) {
            int guest = accept(door, 0, 0);
            if (guest >= 0) {
                write(guest, "hi\n", 3);
                close(guest);
            }
        }
    }
    for (;;)
        pause();
}
