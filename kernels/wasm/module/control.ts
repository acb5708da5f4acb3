/**
 * Words by which threads speak to each other, at the start of every executable's memory, each on a cache line of its own.
 * Byte addresses. The page behind address 0 up to `first` belongs to nothing else.
 */
export const control = {
  /** Goes up whenever a region opens. */
  epoch: 64,
  /** Number of the region that opened last. */
  region: 128,
  /** Not 0: helpers shall go back to their event loop. */
  leave: 192,
  /** Helpers that are asleep. */
  sleepers: 256,
  /** Not 0: the first thread sleeps until a region is done. */
  waiting: 320,
  /** Not 0: a helper trapped. */
  fault: 384,
  /** Tasks that helpers have done. */
  helped: 448,
  /** By thread: whether it is helping, and whether it was asked to. */
  present: 512,
  asked: 768,
  first: 1024
} as const

export const mostThreads = 64

/** What the first thread answers with. */
export const outcome = { done: 0, trapped: 1, stuck: 2 } as const
