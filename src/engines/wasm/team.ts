import type { WebAssemblyMemory, WebAssemblyModule } from '../webassembly.ts'
import { control } from './control.ts'
import type { Worker } from './runtime.ts'
import { runtime } from './runtime.ts'
import { nodeWorkerCode, webWorkerCode } from './workerCode.ts'

/** An executable as helpers know it. */
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
}

/**
 * The process's helpers, one for each thread but the first, started when they are first needed. They help one executable
 * at a time: the one that ran last.
 */
const members: (Member | undefined)[] = []
let helped: Shared | undefined
let ids = 0

export const nextId = (): number => ++ids

/** How many helpers are there. */
export const countHelpers = (): number => members.filter((member) => member !== undefined).length

const join = (n: number): Member => {
  const known = members[n]
  if (known !== undefined) return known
  const member: Member = {
    known: new Set(),
    worker: runtime.spawn({ node: nodeWorkerCode, web: webWorkerCode }, () => {
      if (members[n] === member) members[n] = undefined
      // A first thread that waits for what this one had begun shall hear of it.
      if (helped !== undefined && Atomics.load(helped.words, control.present / 4 + n + 1) !== 0)
        Atomics.store(helped.words, control.fault / 4, 1)
    })
  }
  members[n] = member
  return member
}

const wake = (words: Int32Array): void => void Atomics.notify(words, control.epoch / 4)

/** Sends helpers back to their event loops. */
const release = ({ words }: Shared): void => {
  Atomics.store(words, control.leave / 4, 1)
  wake(words)
}

/** Asks for help with an executable that is about to run. Who is still there from the last time is not asked again. */
export const call = (shared: Shared): void => {
  const { id, words, threads, module, memory } = shared
  if (helped !== shared) {
    if (helped !== undefined) release(helped)
    helped = shared
  }
  Atomics.store(words, control.leave / 4, 0)
  for (let thread = 1; thread < threads; thread++) {
    const [present, asked] = [control.present / 4 + thread, control.asked / 4 + thread]
    const { worker, known } = join(thread - 1)
    if (!known.has(id)) {
      worker.post([id, module, memory])
      known.add(id)
      Atomics.store(words, present, 0)
      Atomics.store(words, asked, 0)
    }
    if (Atomics.load(words, present) === 0 && Atomics.exchange(words, asked, 1) === 0) worker.post([id, thread])
  }
}

/** An executable that will not run again. */
export const forget = (shared: Shared): void => {
  release(shared)
  if (helped === shared) helped = undefined
  for (const member of members) if (member?.known.delete(shared.id) === true) member.worker.post([shared.id])
}

/** Ends all helpers: after a fault nobody knows what they are at. The next call starts others. */
export const disband = (): void => {
  for (const member of members.splice(0)) member?.worker.terminate()
  helped = undefined
}
