import type { WebAssemblyMemory, WebAssemblyModule } from '../webassembly.ts'
import { control, outcome } from '../../../kernels/wasm/module/protocol.ts'
import type { Worker } from './runtime.ts'
import { runtime } from './runtime.ts'
import { workerCode } from './workerCode.ts'

/** An executable as workers know it. */
export interface Shared {
  readonly id: number
  readonly module: WebAssemblyModule
  readonly memory: WebAssemblyMemory
  readonly words: Int32Array
  readonly threads: number
}

interface Member {
  readonly worker: Worker
  /** Executables that it was told of. */
  readonly known: Set<number>
  /** Steps that it has not answered yet. */
  readonly waiting: Map<number, (result: number) => void>
  /** Whether it came to be. */
  readonly ready: Promise<boolean>
}

/**
 * The process's workers by thread, started when they are first needed. They help one executable at a time: the one that
 * ran last. The first thread is a worker only where the calling thread must not wait.
 */
const members: (Member | undefined)[] = []
let helped: Shared | undefined
let ids = 0
let tickets = 0

export const nextId = (): number => ++ids

/** What becomes of an executable whose helper ended: a worker that waits for what it had begun shall hear of it. */
const leaveBehind = ({ words }: Shared, thread: number): void => {
  const wasPresent = Atomics.exchange(words, control.present / 4 + thread, 0) !== 0
  Atomics.store(words, control.asked / 4 + thread, 0)
  // Where the calling thread is the first one, it is not waiting now.
  if (wasPresent && (members[0]?.waiting.size ?? 0) > 0) Atomics.store(words, control.fault / 4, 1)
}

const spawn = (thread: number): Member => {
  let arrived: (came: boolean) => void = () => undefined
  const ready = new Promise<boolean>((resolve) => (arrived = resolve))
  const waiting: Member['waiting'] = new Map()
  const end = (): void => {
    arrived(false)
    if (members[thread] === member) {
      members[thread] = undefined
      if (helped !== undefined) leaveBehind(helped, thread)
    }
    for (const resolve of waiting.values()) resolve(outcome.trapped)
    waiting.clear()
  }
  const heard = (message: readonly number[]): void => {
    const [ticket, result] = message
    if (ticket === undefined || result === undefined) return arrived(true)
    const resolve = waiting.get(ticket)
    waiting.delete(ticket)
    if (waiting.size === 0) worker.hold(false)
    resolve?.(result)
  }
  const worker = runtime.spawn(workerCode, { heard, died: end })
  const member: Member = { worker, known: new Set(), waiting, ready }
  return member
}

const join = (thread: number): Member => (members[thread] ??= spawn(thread))

let allowed: Promise<boolean> | undefined

/** Whether workers can be started at all, which a page's policy may forbid. */
export const areWorkersAllowed = (): Promise<boolean> => {
  const check = async (): Promise<boolean> => {
    try {
      const { worker, ready } = join(0)
      worker.hold(true)
      const came = await ready
      worker.hold(false)
      return came
    } catch {
      return false
    }
  }
  return (allowed ??= check())
}

/** The member, who knows the executable by now. */
const informed = (thread: number, { id, module, memory, words }: Shared): Member => {
  const member = join(thread)
  if (!member.known.has(id)) {
    member.worker.post([id, module, memory])
    member.known.add(id)
    Atomics.store(words, control.present / 4 + thread, 0)
    Atomics.store(words, control.asked / 4 + thread, 0)
  }
  return member
}

/** Sends helpers back to their event loops. */
const release = ({ words }: Shared): void => {
  Atomics.store(words, control.leave / 4, 1)
  Atomics.notify(words, control.epoch / 4)
}

/** Asks for help with an executable that is about to run. Who is still there from the last time is not asked again. */
export const call = (shared: Shared): void => {
  const { id, words, threads } = shared
  if (helped !== shared) {
    if (helped !== undefined) release(helped)
    helped = shared
  }
  Atomics.store(words, control.leave / 4, 0)
  for (let thread = 1; thread < threads; thread++) {
    const { worker } = informed(thread, shared)
    const isPresent = Atomics.load(words, control.present / 4 + thread) !== 0
    if (!isPresent && Atomics.exchange(words, control.asked / 4 + thread, 1) === 0) worker.post([id, thread])
  }
}

/** Has a worker be the first thread for some regions. */
export const drive = (shared: Shared, from: number, to: number): Promise<number> => {
  const { worker, waiting } = informed(0, shared)
  const ticket = ++tickets
  worker.hold(true)
  return new Promise((resolve) => {
    waiting.set(ticket, resolve)
    worker.post([shared.id, from, to, ticket])
  })
}

/** An executable that will not run again. */
export const forget = (shared: Shared): void => {
  release(shared)
  if (helped === shared) helped = undefined
  for (const member of members) if (member?.known.delete(shared.id) === true) member.worker.post([shared.id])
}

/** Ends all workers: after a fault nobody knows what they are at. The next call starts others. */
export const disband = (): void => {
  for (const member of members.splice(0)) member?.worker.terminate()
  helped = undefined
}
