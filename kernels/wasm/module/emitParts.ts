import { i32, memory } from '../encoder/index.ts'
import type { Body, Code, Module } from '../encoder/index.ts'
import { optimize } from '../../../src/compiler/rewrite/optimize.ts'
import { planMemory } from '../../../src/compiler/memory/plan.ts'
import type { Kernel, Routine, Schedule } from '../../../src/compiler/schedule.ts'
import { schedule as scheduleProgram } from '../../../src/compiler/scheduleProgram.ts'
import type { ScanParams } from '../../../src/program/scan.ts'
import { partsOf } from '../../../src/program/scan.ts'
import type { Data } from '../../../src/tensor/dtype.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Aval } from '../../../src/tensor/tensor.ts'
import type { EmitKernel } from '../stages/emitKernel.ts'
import type { Stage } from '../stages/stage.ts'
import { carryPhases } from './carryPhases.ts'
import { control } from './protocol.ts'

/** Stages that do not depend on one another. */
type Phase = readonly Stage[]

/**
 * Lists what a schedule comes to, in order: phases, and loops, whose parts run so many times at most. Where `stops` is true, the
 * first phase of an iteration may say that the loop is over (`control.over`).
 */
export type Part =
  | { readonly kind: 'phases'; readonly phases: readonly Phase[] }
  | { readonly kind: 'loop'; readonly times: number; readonly stops: boolean; readonly parts: readonly Part[] }

/** Parts, all their stages, and the scratch memory that a thread needs. */
export interface Parts {
  readonly parts: readonly Part[]
  readonly stages: readonly Stage[]
  readonly scratchBytes: number
}

/** Holds what emission has to know beside the schedule. */
export interface Surroundings {
  readonly module: Module
  readonly emit: EmitKernel
  readonly contracts: boolean
  /** The first byte that is not certain to exist. */
  readonly readable: number
  readonly reserve: (bytes: number) => number
  /** Makes the memory that the level before reserved free again. */
  readonly restart: () => void
  /** The number of the loop's kernel, for schedules of bodies. */
  readonly kernel?: number
}

const mostOf = (numbers: readonly number[]): number => numbers.reduce((most, n) => Math.max(most, n), 0)

/** The n-th stages of each list together, for every n. */
const phasesOf = (lists: readonly (readonly Stage[])[]): readonly Phase[] =>
  Array.from({ length: mostOf(lists.map(({ length }) => length)) }, (_, n) =>
    lists.flatMap((stages) => stages.slice(n, n + 1))
  )

const bytesOf = ({ shape, dtype }: Aval): number => sizeOf(shape) * elementBytes[dtype]

interface Move {
  readonly to: Code<'i32'> | number
  readonly from: Code<'i32'> | number
  readonly bytes: number
}

/** A stage of one task that copies, and does some more behind that. */
const copying = (kernel: number, name: string, moves: readonly Move[], more: Body = []): Stage => ({
  kernel,
  name,
  tasks: 1,
  cost: moves.reduce((sum, { bytes }) => sum + bytes / 10, 20),
  run: () => [
    ...moves.filter(({ bytes }) => bytes > 0).map(({ to, from, bytes }) => memory.copy(to, from, bytes)),
    more
  ]
})

/** Stores the few numbers of a constant that folding made. */
const storing = (data: Data, dtype: Aval['dtype'], address: number): Body => {
  const bytes = new Uint8Array(Math.ceil((data.length * elementBytes[dtype]) / 4) * 4)
  const view = dtype === 'float32' ? new Float32Array(bytes.buffer) : dtype === 'int32' ? new Int32Array(bytes.buffer) : bytes // prettier-ignore
  view.set(data)
  return [...new Int32Array(bytes.buffer)].map((word, i) => i32.store(address, word, 4 * i))
}

/**
 * Emits a loop: its body, scheduled like any program, in memory of its own. Before each iteration the slices of the xs are
 * copied to where the body reads them, after it the ys to where they belong and the carries to the body's inputs, where they
 * do not lie in place.
 */
const emitLoop = (kernel: Routine, number: number, addresses: readonly number[], around: Surroundings): Parts => {
  const params = kernel.params as unknown as ScanParams
  const { body, constants, carries, length, reverse, returned, whileTrue } = params
  const behind = constants + carries
  // Among the inputs of a schedule what is carried comes first.
  const placeOf = (i: number): number => (i < constants ? i + carries : i < behind ? i - constants : i)
  const order = [...body.inputs.keys()].sort((i, j) => placeOf(i) - placeOf(j))
  const program = optimize({ inputs: order.map((i) => body.inputs[i]!), outputs: body.outputs })
  const own = scheduleProgram(program, { carry: carries, contracts: around.contracts })
  const plan = planMemory(own, { carry: carries })
  const base = around.reserve(plan.bytes)
  const counter = around.reserve(4)
  const places = plan.offsets.map((offset) => base + offset)
  const inputAt = (i: number): number => places[own.inputs[placeOf(i)]!]!
  const outputAt = (n: number): number => places[own.outputs[n]!]!
  const operandAt = (i: number): number => {
    const { buffer, start = 0 } = kernel.reads[i]!
    return addresses[buffer]! + start * elementBytes[body.inputs[i]!.dtype]
  }
  const result = addresses[kernel.writes[0]!]!
  const iteration = reverse ? i32.sub(length - 1, i32.load(counter)) : i32.load(counter)
  const at = (start: number, bytes: number): Code<'i32'> => i32.add(i32.mul(iteration, bytes), start)

  const inner = emitParts(own, places, {
    ...around,
    readable: base + plan.bytes,
    restart: () => undefined,
    kernel: number
  })
  const starts: number[] = []
  let end = result
  for (const part of partsOf(params)) {
    starts.push(end)
    end += bytesOf(part)
  }
  const enter = copying(
    number,
    'loop',
    [...body.inputs.keys()].slice(0, behind).map((i) => ({ to: inputAt(i), from: operandAt(i), bytes: bytesOf(body.inputs[i]!) })), // prettier-ignore
    [
      i32.store(counter, 0),
      own.buffers.flatMap(({ role, dtype }, b) =>
        role.kind === 'constant' ? [storing(role.data, dtype, places[b]!)] : []
      )
    ]
  )
  const over =
    whileTrue === undefined ? [] : i32.store(control.over, i32.eqz(i32.load8U(inputAt(constants + whileTrue))))
  const slices = copying(number, 'slices', [...body.inputs.keys()].slice(behind).map((i) => {
    const bytes = bytesOf(body.inputs[i]!)
    return { to: inputAt(i), from: at(operandAt(i), bytes), bytes }
  }), over) // prettier-ignore
  const ys = copying(number, 'ys', returned.flatMap((n, part) => {
    const bytes = bytesOf(body.outputs[n]!)
    return n < carries ? [] : [{ to: at(starts[part]!, bytes), from: outputAt(n), bytes }]
  }), i32.store(counter, i32.add(i32.load(counter), 1))) // prettier-ignore
  const handed = carryPhases(own, places, carries, around.reserve)
  const leave = copying(number, 'last', returned.flatMap((n, part) =>
    n < carries ? [{ to: starts[part]!, from: inputAt(constants + n), bytes: bytesOf(body.outputs[n]!) }] : []
  )) // prettier-ignore
  const before: Part = { kind: 'phases', phases: [[slices]] }
  const after: Part = { kind: 'phases', phases: [[ys], ...handed] }
  return {
    parts: [
      { kind: 'phases', phases: [[enter]] },
      { kind: 'loop', times: length, stops: whileTrue !== undefined, parts: [before, ...inner.parts, after] },
      { kind: 'phases', phases: [[leave]] }
    ],
    stages: [enter, slices, ...inner.stages, ys, ...handed.flat(), leave],
    scratchBytes: inner.scratchBytes
  }
}

const isLoop = (kernel: Kernel): kernel is Routine => kernel.kind === 'routine' && kernel.primitive === 'scan'

/** Emits the kernels of a schedule, level after level; the loops of a level follow its other kernels. */
export const emitParts = (schedule: Schedule, addresses: readonly number[], around: Surroundings): Parts => {
  const { module, emit, readable, reserve, restart } = around
  const all: Parts[] = schedule.levels.flatMap((level): readonly Parts[] => {
    restart()
    const plain = level.filter((kernel) => !isLoop(schedule.kernels[kernel]!))
    const emissions = plain.map((kernel) =>
      emit(
        { module, schedule, kernel: around.kernel ?? kernel, addresses, readable, reserve },
        schedule.kernels[kernel]!
      )
    )
    const loops = level.flatMap((kernel) => {
      const made = schedule.kernels[kernel]!
      return isLoop(made) ? [emitLoop(made, around.kernel ?? kernel, addresses, around)] : []
    })
    const phases = phasesOf(emissions.map(({ stages }) => stages))
    const own: Parts = {
      parts: [{ kind: 'phases', phases }],
      stages: emissions.flatMap(({ stages }) => stages),
      scratchBytes: mostOf(emissions.map(({ scratchBytes }) => scratchBytes))
    }
    return [own, ...loops]
  })
  return {
    parts: merged(all.flatMap(({ parts }) => parts)),
    stages: all.flatMap(({ stages }) => stages),
    scratchBytes: mostOf(all.map(({ scratchBytes }) => scratchBytes))
  }
}

/** Takes neighbouring phases together, so that regions may. */
const merged = (parts: readonly Part[]): readonly Part[] =>
  parts.reduce<readonly Part[]>((done, part) => {
    const last = done.at(-1)
    return last?.kind === 'phases' && part.kind === 'phases'
      ? [...done.slice(0, -1), { kind: 'phases', phases: [...last.phases, ...part.phases] }]
      : [...done, part]
  }, [])
