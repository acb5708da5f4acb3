import { axis, load } from '../nest/expression.ts'
import type { Node } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { nodesOf } from '../program/program.ts'
import type { Buffers } from './buffers.ts'
import { createBuffers } from './buffers.ts'
import { isOneProduct } from './fuse/factors.ts'
import { formGroups } from './fuse/formGroups.ts'
import type { Group } from './fuse/group.ts'
import { outsideReads } from './fuse/group.ts'
import type { Inliner } from './fuse/inline.ts'
import { createInliner } from './fuse/inline.ts'
import { kernelOf } from './fuse/kernels.ts'
import { levelsOf } from './fuse/levels.ts'
import type { Materialization } from './fuse/materialize.ts'
import { materialize } from './fuse/materialize.ts'
import { storageOf, patternOf } from './fuse/pattern.ts'
import { canonicalizeProducts } from './rewrite/canonicalizeProducts.ts'
import { narrowConcat } from './rewrite/narrowConcat.ts'
import { rewriting } from './rewrite/rewrite.ts'
import type { Buffer, Kernel, Schedule, ScheduleOptions } from './schedule.ts'

export interface ScheduleProgramOptions extends ScheduleOptions {
  /** How many of the first inputs and outputs are the carry (default 0). */
  readonly carry?: number
}

const defaults: Required<ScheduleProgramOptions> = {
  maxOperands: 64,
  maxBody: 4000,
  maxDepth: 256,
  contracts: false,
  epilogues: true,
  multipleOutputs: true,
  carry: 0
}

/** Splits what no kernel can do: dotGenerals that are not one matrix product, concats of too many operands. */
const withinKernels = (program: Program, mostOperands: number): Program => {
  const fits = nodesOf(program.outputs).every(
    (node) =>
      (node.primitive.name !== 'dotGeneral' || isOneProduct(node)) &&
      (node.primitive.name !== 'concat' || node.operands.length <= mostOperands)
  )
  return fits ? program : rewriting(canonicalizeProducts, narrowConcat(mostOperands))(program)
}

/** A program cut into the work of kernels. */
interface Fused {
  readonly materialization: Materialization
  readonly inliner: Inliner
  /** Groups that some output needs. */
  readonly groups: readonly Group[]
  /** Stored values and leaves that outputs or these groups read. */
  readonly needed: ReadonlySet<Node>
}

const fuse = (program: Program, options: Required<ScheduleProgramOptions>): Fused => {
  const order = nodesOf(program.outputs)
  const materialization = materialize(order, program, options)
  const inliner = createInliner(materialization.stored)
  const groups = formGroups(order, program, materialization, inliner, options)
  const needed = new Set(program.outputs.map(storageOf))
  const alive = new Set<Group>()
  const groupOf = new Map(groups.flatMap((group) => group.members.map((member) => [member, group] as const)))
  // Groups that only empty values read are left out. The set grows while it is walked.
  for (const node of needed) {
    const group = groupOf.get(node)
    if (group === undefined || alive.has(group)) continue
    alive.add(group)
    for (const read of outsideReads(group)) needed.add(read)
  }
  return { materialization, inliner, groups: groups.filter((group) => alive.has(group)), needed }
}

/** Returns the function that lists the nodes inlined in a stored value's body, whose primitives its kernel names. */
const inlinedIn =
  ({ stored, factors }: Materialization) =>
  (node: Node): readonly Node[] => {
    if (factors.has(node)) return []
    const found = new Set<Node>()
    const visit = (x: Node): void => {
      const storage = storageOf(x)
      if (found.has(x) || stored.has(storage) || patternOf(storage).kind === 'leaf') return
      x.operands.forEach(visit)
      found.add(x)
    }
    node.operands.forEach(visit)
    return [...found].filter((x) => x.operands.length > 0)
  }

/** Maps each stored value that is an output of the carry to the inputs that it is at the next step. */
const carryInputsOf = ({ inputs, outputs }: Program, carry: number): ReadonlyMap<Node, readonly Node[]> => {
  const inputsOf = new Map<Node, readonly Node[]>()
  outputs.slice(0, carry).forEach((output, i) => {
    const storage = storageOf(output)
    inputsOf.set(storage, [...(inputsOf.get(storage) ?? []), inputs[i]!])
  })
  return inputsOf
}

/** Lists kernels by level. There is a first level even where no kernel is: copies are put into it. */
type Levels = readonly (readonly Kernel[])[]

const kernelsOf = (program: Program, carry: number, fused: Fused, buffers: Buffers): Levels => {
  const { materialization, inliner, groups, needed } = fused
  const writtenBy = ({ members }: Group): readonly Node[] => members.filter((member) => needed.has(member))
  const placed = levelsOf(groups, writtenBy, carryInputsOf(program, carry))
  const inlined = inlinedIn(materialization)
  const levels = Array.from({ length: (placed.at(-1)?.level ?? 0) + 1 }, (): Kernel[] => [])
  for (const { group, written, level } of placed)
    levels[level]!.push(kernelOf(group, written, inliner, buffers.of, inlined))
  return levels
}

const copyKernel = (from: number, to: number, { size, dtype }: Buffer): Kernel => ({
  kind: 'loops',
  reads: [{ buffer: from, shape: [size] }],
  writes: [to],
  primitives: ['copy'],
  nest: { domain: [size], outputs: [{ dtype, body: load(0, [axis(0)], dtype) }] }
})

/**
 * Returns the buffers of the outputs, and the copies that they need. An output that is an input in another place is a copy
 * of it, unless both lie behind the carry: handing the carry over overwrites inputs.
 */
const handOver = (
  { outputs }: Program,
  carry: number,
  buffers: Buffers
): { readonly outputs: readonly number[]; readonly copies: readonly Kernel[] } => {
  const copyOf = new Map<number, number>()
  const isSafe = ({ role, size }: Buffer, output: number): boolean =>
    size === 0 || role.kind !== 'input' || role.index === output || (role.index >= carry && output >= carry)
  const numbers = outputs.map((node, output) => {
    const buffer = buffers.of(node)
    if (isSafe(buffers.list[buffer]!, output)) return buffer
    const copy = copyOf.get(buffer) ?? buffers.like(buffer)
    copyOf.set(buffer, copy)
    return copy
  })
  return { outputs: numbers, copies: [...copyOf].map(([from, to]) => copyKernel(from, to, buffers.list[from]!)) }
}

/** Lists kernels in the order of their levels, and the levels as numbers of kernels. Empty levels are left out. */
const numbered = (levels: Levels): Pick<Schedule, 'kernels' | 'levels'> => {
  let next = 0
  const filled = levels.filter((level) => level.length > 0)
  return { kernels: filled.flat(), levels: filled.map((level) => level.map(() => next++)) }
}

/**
 * Fuses a program into kernels over buffers. Any program will do; one that `optimize` has rewritten first gives fewer and
 * cheaper kernels.
 */
export const schedule = (source: Program, given: ScheduleProgramOptions = {}): Schedule => {
  const options = { ...defaults, ...given }
  const program = withinKernels(source, options.maxOperands - 1)
  const buffers = createBuffers(program)
  const [first, ...others] = kernelsOf(program, options.carry, fuse(program, options), buffers)
  const { outputs, copies } = handOver(program, options.carry, buffers)
  return { buffers: buffers.list, inputs: buffers.inputs, outputs, ...numbered([[...first!, ...copies], ...others]) }
}
