// The program of the tests' containers. Does what its first word says: hello, many <lines>, burn, eat <MiB>,
// write <path>, read <path>, connect <address> <port>, serve <port>. Says what came of it, then waits.
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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
