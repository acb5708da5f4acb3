import type { Answer, Frame, IssueText, Request } from '../worker/messages.ts'

/** What carries messages to a worker and back: the worker itself, or the sandbox around it. */
export interface Wire {
  readonly send: (message: unknown) => void
  readonly close: () => void
}

export type OpenWire = (onMessage: (answer: Answer) => void) => Wire

/** Issues in place of an answer. */
export interface Refusal {
  readonly refused: readonly IssueText[]
}

export interface Connection {
  readonly ask: <A>(request: Request) => Promise<A | Refusal>
  readonly close: () => void
}

export const isRefusal = (x: unknown): x is Refusal => typeof x === 'object' && x !== null && 'refused' in x

/** Connects to a worker: questions have answers, frames and changes of state come of themselves. */
export const connect = (
  open: OpenWire,
  onFrame: (frame: Frame, epoch: number) => void,
  onState: (playing: boolean, issues: readonly IssueText[], epoch: number | undefined) => void
): Connection => {
  const waiting = new Map<number, (value: unknown) => void>()
  let last = 0
  const settle = (id: number, value: unknown): void => {
    waiting.get(id)?.(value)
    waiting.delete(id)
  }
  const wire = open((answer) => {
    if (answer.type === 'frame') onFrame(answer.frame, answer.epoch)
    else if (answer.type === 'state') onState(answer.playing, answer.issues, answer.epoch)
    else settle(answer.id, answer.type === 'answer' ? answer.value : { refused: answer.issues })
  })
  return {
    ask: <A>(request: Request) =>
      new Promise<A | Refusal>((resolve) => {
        last += 1
        waiting.set(last, resolve as (value: unknown) => void)
        wire.send({ ...request, id: last })
      }),
    close: wire.close
  }
}

/** The worker of this page. */
export const ownWorker: OpenWire = (onMessage) => {
  const worker = new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module', name: 'saddlepoint' })
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => onMessage(data))
  return { send: (message) => worker.postMessage(message), close: () => worker.terminate() }
}
