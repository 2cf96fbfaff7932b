/* sandbox_calls.c: the filter of system calls, written out: a list of calls that are refused with EPERM, and three that
 * depend on what they are given. A list of what is refused, not of what is allowed: a C library of next year may use
 * calls that this one does not know of, and what matters is closed by name.
 */
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

/* The sanitizers' own threads and reports need more than stages do. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#undef OUR_ARCH
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#undef OUR_ARCH
#endif
#endif

#ifdef OUR_ARCH

#define X32_BIT 0x40000000u
#define MOST 512

static const int refused[] = {
    /* programs and processes */
    SYS_execve,
    SYS_execveat,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_setns,
    SYS_unshare,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_pidfd_send_signal,
    SYS_pidfd_getfd,
    SYS_setsid,
    SYS_setpgid,
    /* what all threads share, and who comes after would find changed */
    SYS_umask,
    SYS_chdir,
    SYS_fchdir,
    SYS_chroot,
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_capset,
    SYS_setrlimit,
    /* files beside their contents, which Landlock does not hold */
    SYS_fchmodat,
    SYS_fchmod,
    SYS_fchown,
    SYS_fchownat,
#ifdef SYS_chmod
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_mknod,
#endif
    SYS_mknodat,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_fremovexattr,
    /* the machine */
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsmount,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_acct,
    SYS_quotactl,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_io_uring_setup,
    SYS_open_by_handle_at,
};

struct program {
    struct sock_filter steps[MOST];
    unsigned short n;
};

static void add(struct program *p, unsigned code, unsigned char yes, unsigned char no, uint32_t value) {
    p->steps[p->n++] = (struct sock_filter){(unsigned short)code, yes, no, value};
}

static void load(struct program *p, size_t offset) {
    add(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void answer(struct program *p, uint32_t how) {
    add(p, BPF_RET | BPF_K, 0, 0, how);
}

static void refuse(struct program *p, int call, int error) {
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)call);
    answer(p, SECCOMP_RET_ERRNO | (uint32_t)error);
}

/* The call is allowed only where its first argument passes the test. */
static void only_where(struct program *p, int call, unsigned test, uint32_t value) {
    add(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (uint32_t)call);
    load(p, offsetof(struct seccomp_data, args[0])); /* its lower half: both machines are little-endian */
    add(p, BPF_JMP | test | BPF_K, 0, 1, value);
    answer(p, SECCOMP_RET_ALLOW);
    answer(p, SECCOMP_RET_ERRNO | EPERM);
}

int sandbox_refuse_calls(int has_network) {
    struct program p = {.n = 0};
    load(&p, offsetof(struct seccomp_data, arch));
    add(&p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, OUR_ARCH);
    answer(&p, SECCOMP_RET_ERRNO | EPERM);
    load(&p, offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
    add(&p, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_BIT);
    answer(&p, SECCOMP_RET_ERRNO | EPERM);
#endif
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        refuse(&p, refused[i], EPERM);
    if (!has_network)
        refuse(&p, SYS_socket, EPERM);
    refuse(&p, SYS_clone3, ENOSYS); /* its flags cannot be seen here; the library then uses clone */
    only_where(&p, SYS_clone, BPF_JSET, CLONE_THREAD);
    only_where(&p, SYS_kill, BPF_JEQ, (uint32_t)getpid());
    only_where(&p, SYS_tgkill, BPF_JEQ, (uint32_t)getpid());
    answer(&p, SECCOMP_RET_ALLOW);
    const struct sock_fprog filter = {.len = p.n, .filter = p.steps};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

int sandbox_can_refuse_calls(void) {
    /* Asked with no filter at all: the kernel that knows it finds the address bad. */
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != 0 && errno == EFAULT;
}

#else

int sandbox_refuse_calls(int has_network) {
    (void)has_network;
    errno = ENOSYS;
    return -1;
}

int sandbox_can_refuse_calls(void) {
    return 0;
}

#endif
