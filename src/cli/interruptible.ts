import type { Streams } from './cli.ts'

/** Tells a training to stop, and which signal said so. */
export interface Interruption {
  readonly aborted: boolean
  /** 130 after ctrl-C, 143 after SIGTERM. */
  readonly status: number
}

/** Runs `work` with a flag that ctrl-C sets; a second ctrl-C ends the process at once. */
export const interruptible = async <A>({ err }: Streams, work: (stop: Interruption) => Promise<A>): Promise<A> => {
  const stop = { aborted: false, status: 130 }
  const onSignal = (status: number) => (): void => {
    if (stop.aborted) process.exit(status)
    Object.assign(stop, { aborted: true, status })
    err.write('\nstopping after this step; ctrl-C again to quit at once\n')
  }
  const [onInterrupt, onTerminate] = [onSignal(130), onSignal(143)]
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onTerminate)
  try {
    return await work(stop)
  } finally {
    process.off('SIGINT', onInterrupt)
    process.off('SIGTERM', onTerminate)
  }
}
