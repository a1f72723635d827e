// Signals as a program expects them at its start, in a child before exec.
#pragma once

#include <signal.h>

namespace sluice::net {

// What this process set for itself is not for the next program: ignored and blocked signals survive
// exec. Plain system calls only.
inline void reset_signals() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace sluice::net
