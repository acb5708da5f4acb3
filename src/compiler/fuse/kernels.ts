import type { Scalar } from '../../nest/expression.ts'
import { load } from '../../nest/expression.ts'
import { substituteIn } from '../../nest/substitute.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import { rowsOf } from '../../primitives/rules/rows.ts'
import type { Node } from '../../program/node.ts'
import type { Convolution } from '../../program/vocabulary.ts'
import type { Shape } from '../../tensor/shape.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { stridedLoad } from './epilogue.ts'
import type { Group } from './group.ts'
import type { Inliner } from './inline.ts'
import type { Epilogue, Kernel, Read } from '../schedule.ts'
import type { Strided } from '../../tensor/strided.ts'
import { operandsRead, storageOf, workOf } from './work.ts'

/** Buffers of stored values and leaves, made when asked for. */
export type BufferOf = (node: Node) => number

/** Buffers that a kernel reads, each once under each shape, and their numbers. */
const createReads = (bufferOf: BufferOf) => {
  const reads: Read[] = []
  const numbers = new Map<string, number>()
  const number = (node: Node, shape: Shape, how = ''): number => {
    const buffer = bufferOf(storageOf(node))
    const key = `${String(buffer)}|${shape.join()}|${how}`
    const known = numbers.get(key) ?? reads.push({ buffer, shape }) - 1
    numbers.set(key, known)
    return known
  }
  return { reads, number }
}

const isMember = ({ bodies, members }: Group, node: Node): boolean => bodies.has(node) || members[0] === node

const primitivesOf = ({ members }: Group, inlined: (node: Node) => readonly Node[]): readonly string[] =>
  members.flatMap((member) => [...inlined(member), member]).map(({ primitive }) => primitive.name)

/** The members' bodies in the kernel's own terms, those of members that others read written in place. */
const bodiesIn = (
  group: Group,
  members: readonly Node[],
  inliner: Inliner,
  loadOf: (e: Scalar & { readonly kind: 'load' }, index: readonly Scalar[]) => Scalar
): readonly Scalar[] => {
  const visit = substituteIn({
    axis: (e) => e,
    load: (e, index) => {
      const storage = storageOf(inliner.nodeOf(e.operand))
      const member = group.bodies.get(storage)
      return member === undefined ? loadOf(e, index) : visit(member.body)
    }
  })
  return members.map((member) => {
    const own = group.bodies.get(member)
    return own === undefined ? load(0, [], member.dtype) : visit(own.body)
  })
}

const epilogueOf = (
  group: Group,
  written: readonly Node[],
  inliner: Inliner,
  number: (node: Node, shape: Shape, how: string) => number
): Epilogue => {
  const operands = new Map<number, Strided>()
  const bodies = bodiesIn(group, written, inliner, (e) => {
    const node = inliner.nodeOf(e.operand)
    if (storageOf(node) === group.members[0]) return load(0, [], e.dtype)
    const strided = stridedLoad(group, e, inliner)!
    const read = number(node, [sizeOf(node.shape)], `${String(strided.start)}+${strided.strides.join()}`)
    operands.set(read, strided)
    return load(read - 1, [], e.dtype)
  })
  return {
    outputs: bodies.map((body, i) => ({ dtype: written[i]!.dtype, body })),
    operands: [...operands].sort(([i], [j]) => i - j).map(([, strided]) => strided)
  }
}

/**
 * The kernel of a group, which writes the members that others need.
 *
 * @param inlined the nodes that were written out in a stored value's body
 */
export const kernelOf = (
  group: Group,
  written: readonly Node[],
  inliner: Inliner,
  bufferOf: BufferOf,
  inlined: (node: Node) => readonly Node[]
): Kernel => {
  const node = group.members[0]!
  const work = workOf(node)
  const { reads, number } = createReads(bufferOf)
  const shared = { reads, writes: written.map(bufferOf), primitives: primitivesOf(group, inlined) }
  const [first, second] = node.operands
  const readWhole = (x: Node): number => number(x, x.shape, String(reads.length))
  switch (work.kind) {
    case 'contraction': {
      const { a, b, matrices } = group.factors!
      number(a.base, [sizeOf(a.base.shape)], 'a')
      number(b.base, [sizeOf(b.base.shape)], 'b')
      const { batch, m, n, k } = matrices
      return {
        kind: 'contraction',
        batch,
        m,
        n,
        k,
        a: { start: a.start, strides: matrices.a },
        b: { start: b.start, strides: matrices.b },
        c: { start: 0, strides: matrices.c },
        epilogue: epilogueOf(group, written, inliner, number),
        ...shared
      }
    }
    case 'convolution':
      readWhole(first!)
      readWhole(second!)
      return {
        kind: work.form,
        params: node.params as unknown as Convolution,
        result: node.shape,
        epilogue: epilogueOf(group, written, inliner, number),
        ...shared
      }
    case 'scatterAdd': {
      const [x, indices, updates] = node.operands as readonly [Node, Node, Node]
      readWhole(indices)
      readWhole(updates)
      if (operandsRead(node, work).length === 3) readWhole(x)
      const { batches, extent, picked, size } = rowsOf(x, indices, node.params['batch'] as number)
      return { kind: 'scatterAdd', batches, rows: extent, picked, size, base: literalValue(x), ...shared }
    }
    case 'cumulativeSum': {
      readWhole(first!)
      const axis = node.params['axis'] as number
      return {
        kind: 'cumulativeSum',
        blocks: sizeOf(node.shape.slice(0, axis)),
        extent: node.shape[axis]!,
        inner: sizeOf(node.shape.slice(axis + 1)),
        ...shared
      }
    }
    case 'routine': {
      node.operands.forEach(readWhole)
      const avalOf = ({ shape, dtype }: Node) => ({ shape, dtype })
      return {
        kind: 'routine',
        primitive: node.primitive.name,
        params: node.params,
        operands: node.operands.map(avalOf),
        result: avalOf(node),
        ...shared
      }
    }
    default: {
      const bodies = bodiesIn(group, written, inliner, (e, index) => {
        const x = inliner.nodeOf(e.operand)
        return load(number(x, x.shape), index, e.dtype)
      })
      const outputs = bodies.map((body, i) => ({ dtype: written[i]!.dtype, body }))
      const nest = { domain: group.domain, outputs, ...(group.reduction && { reduction: group.reduction }) }
      return { kind: 'loops', nest, ...shared }
    }
  }
}

/** Stored values and leaves that a group's kernel reads, given that it computes its members itself. */
export const outsideReads = (group: Group): readonly Node[] => [...group.reads].filter((read) => !isMember(group, read))
