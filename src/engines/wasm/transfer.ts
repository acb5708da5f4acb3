import type { Schedule } from '../../compiler/schedule.ts'
import type { Data } from '../../tensor/dtype.ts'
import type { EngineFault } from '../engine.ts'
import { wrongInputs } from './faults.ts'
import type { Instance } from './instance.ts'

/** Copies arrays into the memory of an instance and out of it. */
export interface Transfer {
  /** Returns a fault where `data` are not arrays of the sizes of the inputs from number `from` to before `to` (default: the last). */
  readonly misfit: (data: readonly Data[], from: number, to?: number) => EngineFault | undefined
  /** Writes the inputs from number `from` on. */
  readonly write: (instance: Instance, data: readonly Data[], from: number) => void
  /** Returns copies of the outputs from number `from` on. */
  readonly read: (instance: Instance, from: number) => readonly Data[]
  /** Returns copies of the inputs before number `to`. */
  readonly readInputs: (instance: Instance, to: number) => readonly Data[]
}

/** Makes what copies the inputs and outputs of a schedule. */
export const transferOf = ({ inputs, outputs, buffers }: Schedule): Transfer => ({
  misfit: (data, from, to = inputs.length) => {
    if (data.length !== to - from) return wrongInputs(`${String(to - from)} arrays`, `${String(data.length)} arrays`)
    const sizes = inputs.slice(from, to).map((buffer) => buffers[buffer]!.size)
    const at = data.findIndex((one, i) => one.length !== sizes[i])
    return at < 0
      ? undefined
      : wrongInputs(
          `${String(sizes[at])} elements of input ${String(from + at)}`,
          `${String(data[at]!.length)} elements`
        )
  },
  write: ({ views }, data, from) => {
    data.forEach((one, i) => {
      views[inputs[from + i]!]!.set(one)
    })
  },
  read: ({ views }, from) => outputs.slice(from).map((buffer) => views[buffer]!.slice()),
  readInputs: ({ views }, to) => inputs.slice(0, to).map((buffer) => views[buffer]!.slice())
})
