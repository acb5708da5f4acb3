import type { WebAssemblyMemory, WebAssemblyModule } from '../webassembly.ts'
import { control, outcome } from '../../../kernels/wasm/module/protocol.ts'
import type { Worker } from './spawner.ts'
import { spawner } from './spawner.ts'
import { workerCode } from './workerCode.ts'

/** What workers are told of an instance. */
interface SharedInstance {
  readonly id: number
  readonly module: WebAssemblyModule
  readonly memory: WebAssemblyMemory
  /** The memory as words. */
  readonly words: Int32Array
  readonly threads: number
}

interface PoolWorker {
  readonly worker: Worker
  /** Instances that it was told of, by id. */
  readonly known: Set<number>
  /** Calls of `step` that it has not answered yet, by ticket. */
  readonly waiting: Map<number, (result: number) => void>
  /** Whether it has started. */
  readonly ready: Promise<boolean>
  /** Whether it was asked to end once it has done what it was asked before; nothing more is asked of it. */
  isLeaving: boolean
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
}

/**
 * The workers of the process by thread, started when they are first needed. They help one instance at a time: the one
 * that ran last. Worker 0 is there only where the calling thread must not wait, and is thread 0 in its place.
 * kernels/wasm/module/protocol.ts says how threads share the work.
 */
const workers: (PoolWorker | undefined)[] = []
let helpedNow: SharedInstance | undefined
let ids = 0
let tickets = 0

/**
 * Memory that a worker has seen is freed when its garbage is collected, of which it makes too little for that ever to
 * happen for certain. So after so many bytes of disposed instances workers end, and the next call starts others.
 */
const renewedAfter = 2 ** 27
let forgotten = 0

/** Marks in an instance that a helper of it has ended. Worker 0, if it waits for that helper's tasks, sees a fault. */
const markAsEnded = ({ words }: SharedInstance, thread: number): void => {
  const wasPresent = Atomics.exchange(words, control.present / 4 + thread, 0) !== 0
  Atomics.store(words, control.asked / 4 + thread, 0)
  // Where the calling thread is thread 0, it runs this line, so it is not waiting.
  if (wasPresent && (workers[0]?.waiting.size ?? 0) > 0) Atomics.store(words, control.fault / 4, 1)
}

/** Starts a worker. */
const start = (thread: number): PoolWorker => {
  let arrived: (came: boolean) => void = () => undefined
  const ready = new Promise<boolean>((resolve) => (arrived = resolve))
  let left: () => void = () => undefined
  const ended = new Promise<void>((resolve) => (left = resolve))
  const waiting: PoolWorker['waiting'] = new Map()
  const end = (): void => {
    arrived(false)
    if (workers[thread] === made) {
      workers[thread] = undefined
      if (helpedNow !== undefined) markAsEnded(helpedNow, thread)
    }
    for (const resolve of waiting.values()) resolve(outcome.trapped)
    waiting.clear()
    left()
  }
  const leave = (): void => {
    if (workers[thread] === made) workers[thread] = undefined
    worker.terminate()
    left()
  }
  const heard = (message: readonly number[]): void => {
    const [ticket, result] = message
    if (ticket === undefined) return arrived(true)
    if (result === undefined) return leave()
    const resolve = waiting.get(ticket)
    waiting.delete(ticket)
    if (waiting.size === 0) worker.hold(false)
    resolve?.(result)
  }
  const worker = spawner.spawn(workerCode, { heard, died: end })
  const made: PoolWorker = { worker, known: new Set(), waiting, ready, isLeaving: false, ended }
  return made
}

const workerOf = (thread: number): PoolWorker => (workers[thread] ??= start(thread))

/** Tells whether worker 0 can be started, which a page's policy may forbid. After one that failed, the next call tries again. */
export const canStartWorkers = async (): Promise<boolean> => {
  try {
    const { worker, ready } = workerOf(0)
    worker.hold(true)
    const started = await ready
    worker.hold(false)
    return started
  } catch {
    return false
  }
}

/** Returns the worker of a thread, after it was told of the instance. */
const informed = (thread: number, { id, module, memory, words }: SharedInstance): PoolWorker => {
  const one = workerOf(thread)
  if (!one.known.has(id)) {
    one.worker.post([id, module, memory])
    one.known.add(id)
    Atomics.store(words, control.present / 4 + thread, 0)
    Atomics.store(words, control.asked / 4 + thread, 0)
  }
  return one
}

/** Sends the helpers of an instance back to their event loops. */
const sendAway = ({ words }: SharedInstance): void => {
  Atomics.store(words, control.leave / 4, 1)
  Atomics.notify(words, control.epoch / 4)
}

/** Asks all helpers to work on an instance that is about to run, but for those that are still there from the last time. */
const askForHelp = (shared: SharedInstance): void => {
  const { id, words, threads } = shared
  if (helpedNow !== shared) {
    if (helpedNow !== undefined) sendAway(helpedNow)
    helpedNow = shared
  }
  Atomics.store(words, control.leave / 4, 0)
  for (let thread = 1; thread < threads; thread++) {
    if (workers[thread]?.isLeaving === true) continue
    const { worker } = informed(thread, shared)
    const isPresent = Atomics.load(words, control.present / 4 + thread) !== 0
    if (!isPresent && Atomics.exchange(words, control.asked / 4 + thread, 1) === 0) worker.post([id, thread])
  }
}

/** Has worker 0 run the regions from number `from` to before `to` as thread 0. Resolves with an `outcome`. */
const runOnWorker = async (shared: SharedInstance, from: number, to: number): Promise<number> => {
  if (workers[0]?.isLeaving === true) {
    workers[0].worker.hold(true)
    await workers[0].ended
  }
  const { worker, waiting } = informed(0, shared)
  const ticket = ++tickets
  worker.hold(true)
  return new Promise((resolve) => {
    waiting.set(ticket, resolve)
    worker.post([shared.id, from, to, ticket])
  })
}

/** Has all workers end once they have done what they were asked. */
const renew = (): void => {
  forgotten = 0
  if (helpedNow !== undefined) sendAway(helpedNow)
  for (const one of workers) {
    if (one === undefined || one.isLeaving) continue
    one.isLeaving = true
    one.worker.post([])
  }
}

/** Has workers drop an instance that will not run again. */
const forget = (shared: SharedInstance): void => {
  sendAway(shared)
  if (helpedNow === shared) helpedNow = undefined
  for (const one of workers) if (one?.known.delete(shared.id) === true) one.worker.post([shared.id])
  forgotten += shared.memory.buffer.byteLength
  if (forgotten > renewedAfter) renew()
}

/** Ends all workers: after a fault nobody knows what they are doing. The next call starts others. */
export const endWorkers = (): void => {
  for (const one of workers.splice(0)) one?.worker.terminate()
  helpedNow = undefined
}

/** What an instance asks of the workers. */
export interface Helpers {
  /** Asks all helpers to work on the instance, which is about to run. */
  readonly ask: () => void
  /** Has worker 0 run the regions from number `from` to before `to` as thread 0. Resolves with an `outcome`. */
  readonly run: (from: number, to: number) => Promise<number>
  /** Has workers drop the instance: it will not run again. */
  readonly forget: () => void
}

/** Returns the helpers of an instance. */
export const helpersOf = (instance: Omit<SharedInstance, 'id'>): Helpers => {
  const shared = { ...instance, id: ++ids }
  return {
    ask: () => askForHelp(shared),
    run: (from, to) => runOnWorker(shared, from, to),
    forget: () => forget(shared)
  }
}
