import { axis, load } from '../nest/expression.ts'
import { constant } from '../program/leaves.ts'
import type { Node } from '../program/node.ts'
import type { Program } from '../program/program.ts'
import { nodesOf } from '../program/program.ts'
import { sizeOf } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Group } from './fuse/group.ts'
import { isOneProduct } from './fuse/factors.ts'
import { formGroups } from './fuse/formGroups.ts'
import { createInliner } from './fuse/inline.ts'
import { kernelOf, outsideReads } from './fuse/kernels.ts'
import { levelsOf } from './fuse/levels.ts'
import { materialize } from './fuse/materialize.ts'
import { canonicalProducts } from './rewrite/canonicalizeProducts.ts'
import { narrowConcat } from './rewrite/narrowConcat.ts'
import { rewriting } from './rewrite/rewrite.ts'
import type { Buffer, Kernel, Schedule, ScheduleOptions } from './schedule.ts'
import { storageOf, workOf } from './fuse/work.ts'

export interface ProgramOptions extends ScheduleOptions {
  /** How many of the first inputs and outputs are the carry (default 0). */
  readonly carry?: number
}

const defaults: Required<ProgramOptions> = {
  maxOperands: 64,
  maxBody: 4000,
  epilogues: true,
  multipleOutputs: true,
  carry: 0
}

/** Nodes that a stored value's body writes out. */
const inlinedIn =
  (stored: ReadonlySet<Node>, factors: ReadonlyMap<Node, unknown>) =>
  (node: Node): readonly Node[] => {
    if (factors.has(node)) return []
    const found = new Set<Node>()
    const visit = (x: Node): void => {
      const storage = storageOf(x)
      if (found.has(x) || stored.has(storage) || workOf(storage).kind === 'leaf') return
      x.operands.forEach(visit)
      found.add(x)
    }
    node.operands.forEach(visit)
    return [...found].filter((x) => x.operands.length > 0)
  }

/** The program with nothing in it that no kernel can do. */
const prepared = (program: Program, mostOperands: number): Program => {
  const fits = nodesOf(program.outputs).every(
    (node) =>
      (node.primitive.name !== 'dotGeneral' || isOneProduct(node)) &&
      (node.primitive.name !== 'concat' || node.operands.length <= mostOperands)
  )
  return fits ? program : rewriting(canonicalProducts, narrowConcat(mostOperands))(program)
}

const copyKernel = (from: number, to: number, { size, dtype }: Buffer): Kernel => ({
  kind: 'loops',
  reads: [{ buffer: from, shape: [size] }],
  writes: [to],
  primitives: ['copy'],
  nest: { domain: [size], outputs: [{ dtype, body: load(0, [axis(0)], dtype) }] }
})

/** Kernels numbered in the order of their levels. */
const inOrder = (made: Schedule): Schedule => {
  let next = 0
  return {
    ...made,
    kernels: made.levels.flat().map((kernel) => made.kernels[kernel]!),
    levels: made.levels.map((level) => level.map(() => next++))
  }
}

/** Fuses a program (best an optimized one) into kernels over buffers. */
export const schedule = (source: Program, given: ProgramOptions = {}): Schedule => {
  const options = { ...defaults, ...given }
  const program = prepared(source, options.maxOperands - 1)
  const order = nodesOf(program.outputs)
  const stored = materialize(order, program, options)
  const inliner = createInliner(stored.stored)
  const groups = formGroups(order, program, stored, inliner, options)

  const groupOf = new Map<Node, Group>()
  for (const group of groups) for (const member of group.members) groupOf.set(member, group)
  // What only empty values would read falls away.
  const needed = new Set(program.outputs.map(storageOf))
  const alive = new Set<Group>()
  for (const node of needed) {
    const group = groupOf.get(node)
    if (group === undefined || alive.has(group)) continue
    alive.add(group)
    for (const read of outsideReads(group)) needed.add(read)
  }
  const writtenBy = ({ members }: Group): readonly Node[] => members.filter((member) => needed.has(member))

  const replaces = new Map<Node, Node[]>()
  program.outputs.slice(0, options.carry).forEach((output, i) => {
    const storage = storageOf(output)
    replaces.set(storage, [...(replaces.get(storage) ?? []), program.inputs[i]!])
  })

  const buffers: Buffer[] = []
  const numbers = new Map<Node, number>()
  const add = (node: Node, role: Buffer['role']): number => {
    const number = buffers.push({ dtype: node.dtype, size: sizeOf(node.shape), role }) - 1
    numbers.set(node, number)
    return number
  }
  const bufferOf = (node: Node): number => {
    const storage = storageOf(node)
    const known = numbers.get(storage)
    if (known !== undefined) return known
    const data = storage.primitive === constant ? (storage.params['tensor'] as Tensor).data : undefined
    return add(storage, data === undefined ? { kind: 'temporary' } : { kind: 'constant', data })
  }
  const inputs = program.inputs.map((node, index) => add(node, { kind: 'input', index }))

  const placed = levelsOf(
    groups.filter((group) => alive.has(group)),
    writtenBy,
    replaces
  )
  const inlined = inlinedIn(stored.stored, stored.factors)
  const kernels: Kernel[] = []
  // The first level is there for copies even where nothing else is.
  const levels = Array.from({ length: (placed.at(-1)?.level ?? 0) + 1 }, (): number[] => [])
  for (const { group, written, level } of placed) {
    const kernel = kernels.push(kernelOf(group, written, inliner, bufferOf, inlined)) - 1
    levels[level]!.push(kernel)
  }
  const copies = new Map<number, number>()
  /** An input handed on: where a carry will be overwritten meanwhile, it is copied first. */
  const outputs = program.outputs.map((output, i) => {
    const buffer = bufferOf(output)
    const role = buffers[buffer]!.role
    const isSafe = role.kind !== 'input' || role.index === i || (role.index >= options.carry && i >= options.carry)
    if (isSafe || buffers[buffer]!.size === 0) return buffer
    const known = copies.get(buffer)
    if (known !== undefined) return known
    const copy = buffers.push({ ...buffers[buffer]!, role: { kind: 'temporary' } }) - 1
    copies.set(buffer, copy)
    levels[0]!.push(kernels.push(copyKernel(buffer, copy, buffers[copy]!)) - 1)
    return copy
  })
  return inOrder({ buffers, kernels, levels: levels.filter((level) => level.length > 0), inputs, outputs })
}
