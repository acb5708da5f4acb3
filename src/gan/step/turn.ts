const { setTimeout: later } = globalThis as unknown as {
  readonly setTimeout: (f: () => void, milliseconds: number) => unknown
}

/** Lets timers, signals and progress have their turn. */
export const nextTurn = (): Promise<true> =>
  new Promise((resolve) => {
    later(() => {
      resolve(true)
    }, 0)
  })
