/** Runs tasks one after another, in the order of the calls, and answers with what each comes to. */
export type Queue = <A>(task: () => Promise<A>) => Promise<A>

/** Makes a queue. A task that rejects rejects for its own caller alone: the next one runs all the same. */
export const serialQueue = (): Queue => {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const next = last.then(task)
    last = next.catch(() => undefined)
    return next
  }
}
