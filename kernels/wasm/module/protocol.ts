/**
 * How threads share the work of a region: the words of memory that all of them see, and what each thread does with them.
 *
 * Thread 0 runs `step` (step.ts). It opens a parallel region (openRegion.ts):
 *   1. sets the region's count of finished tasks to 0;
 *   2. sets the gate of each thread's run to the number of the run's first task: the run is open;
 *   3. writes the number of the region to `region`, adds 1 to `epoch`, and wakes the helpers that sleep on `epoch`;
 *   4. takes tasks like everyone else, until no run has one left;
 *   5. waits until the count of finished tasks is that of all tasks.
 * A helper runs `help` (help.ts): it takes tasks of the region that was opened last, then watches `epoch`, at first awake
 * and then asleep. It goes back to its event loop after a while without a new epoch, or at once where `leave` is set.
 *
 * A thread takes a task (takeTasks.ts) by adding 1 to a gate: what the gate held before is the number of its task. Where
 * that is the end of the run or more, the run is shut. So a helper that comes late, or still looks at a region of the
 * past, finds all runs shut and does no harm, and thread 0 waits for a helper only where that has taken a task.
 */

/**
 * Byte addresses of the shared words, at the start of every executable's memory. Those that several threads use lie on cache lines of their own.
 * Nothing else lies below `first`.
 */
export const control = {
  /** For thread 0 alone: not 0 where the loop whose iteration began last is over. */
  over: 0,
  /** For thread 0 alone: regions before this one in the order of the step are left out, as the loop they are in is over. */
  skipped: 4,
  /** Goes up by 1 whenever a region opens. */
  epoch: 64,
  /** Number of the region that was opened last. */
  region: 128,
  /** Not 0: helpers go back to their event loop. */
  leave: 192,
  /** How many helpers are asleep. */
  sleepers: 256,
  /** Not 0: thread 0 sleeps until the region's tasks are done. */
  waiting: 320,
  /** Not 0: a helper trapped, and the task it had will never be done. */
  fault: 384,
  /** How many tasks helpers have done so far. */
  helped: 448,
  /** The first of `mostThreads` words, one for each thread: not 0 while it runs `help`. */
  present: 512,
  /** The first of `mostThreads` words, one for each thread: not 0 from a request for help until the thread has read it. */
  asked: 768,
  /** The first byte that belongs to the program. */
  first: 1024
} as const

export const mostThreads = 64

/** Results of `step`: all is done; a helper trapped; a helper has had a task for 15 s. */
export const outcome = { done: 0, trapped: 1, stuck: 2 } as const
