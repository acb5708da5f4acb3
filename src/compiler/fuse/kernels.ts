import type { Scalar } from '../../nest/expression.ts'
import { load } from '../../nest/expression.ts'
import { substituteIn } from '../../nest/substitute.ts'
import { literalValue } from '../../primitives/rules/literal.ts'
import { rowsOf } from '../../primitives/rules/rows.ts'
import type { Node } from '../../program/node.ts'
import type { Convolution } from '../../program/vocabulary.ts'
import type { Shape } from '../../tensor/shape.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Strided } from '../../tensor/strided.ts'
import type {
  Contraction,
  Convolving,
  CumulativeSum,
  Epilogue,
  Kernel,
  KernelAccess,
  Loops,
  Read,
  Routine,
  ScatterAdd
} from '../schedule.ts'
import { stridedLoad } from './epilogue.ts'
import type { Group } from './group.ts'
import type { Inliner } from './inline.ts'
import { patternOf, runsRead, storageOf } from './pattern.ts'

/** A group to be made a kernel, and what its kernel is put together from. */
interface Site {
  readonly group: Group
  /** The first member, which names the kind of work. */
  readonly node: Node
  /** The members that others need: the outputs of the kernel. */
  readonly written: readonly Node[]
  readonly inliner: Inliner
  /** Which buffers the kernel reads so far, and the number of one among them. */
  readonly reads: Reads
  /** What kernels of every kind say of themselves. */
  readonly access: KernelAccess
}

interface Reads {
  readonly list: readonly Read[]
  /** The number of a node's storage under a shape; once for each shape, and for each way to read it that `how` tells apart. */
  readonly number: (node: Node, shape: Shape, how?: string, start?: number) => number
}

const createReads = (bufferOf: (node: Node) => number): Reads => {
  const list: Read[] = []
  const numbers = new Map<string, number>()
  const number: Reads['number'] = (node, shape, how = '', start = 0) => {
    const buffer = bufferOf(storageOf(node))
    const key = `${String(buffer)}|${shape.join()}|${how}`
    const known = numbers.get(key) ?? list.push({ buffer, shape, ...(start > 0 && { start }) }) - 1
    numbers.set(key, known)
    return known
  }
  return { list, number }
}

/** Takes a whole operand as the next read, even where the same buffer is read already. */
const readWhole = ({ reads }: Site, x: Node): number => reads.number(x, x.shape, String(reads.list.length))

/** The written members' bodies in the kernel's own terms, those of members that others read written in place. */
const bodiesIn = (
  { group, written, inliner }: Site,
  loadOf: (e: Scalar & { readonly kind: 'load' }, index: readonly Scalar[]) => Scalar
): readonly Scalar[] => {
  const visit = substituteIn({
    axis: (e) => e,
    load: (e, index) => {
      const member = group.bodies.get(storageOf(inliner.nodeOf(e.operand)))
      return member === undefined ? loadOf(e, index) : visit(member.body)
    }
  })
  return written.map((member) => {
    const own = group.bodies.get(member)
    return own === undefined ? load(0, [], member.dtype) : visit(own.body)
  })
}

const outputsOf = ({ written }: Site, bodies: readonly Scalar[]): Epilogue['outputs'] =>
  bodies.map((body, i) => ({ dtype: written[i]!.dtype, body }))

const epilogueOf = (site: Site): Epilogue => {
  const { group, node, inliner, reads } = site
  const operands = new Map<number, Strided>()
  const bodies = bodiesIn(site, (e) => {
    const x = inliner.nodeOf(e.operand)
    if (storageOf(x) === node) return load(0, [], e.dtype)
    const strided = stridedLoad(group, e, inliner)!
    const read = reads.number(x, [sizeOf(x.shape)], `${String(strided.start)}+${strided.strides.join()}`)
    operands.set(read, strided)
    return load(read - 1, [], e.dtype)
  })
  return {
    outputs: outputsOf(site, bodies),
    operands: [...operands].sort(([i], [j]) => i - j).map(([, strided]) => strided)
  }
}

const contractionOf = (site: Site): Contraction => {
  const { group, reads, access } = site
  const { a, b, matrices } = group.factors!
  reads.number(a.base, [sizeOf(a.base.shape)], 'a')
  reads.number(b.base, [sizeOf(b.base.shape)], 'b')
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
    epilogue: epilogueOf(site),
    ...access
  }
}

const convolvingOf = (site: Site, kind: Convolving['kind']): Convolving => {
  const { node, access } = site
  node.operands.forEach((x) => readWhole(site, x))
  const params = node.params as unknown as Convolution
  return { kind, params, result: node.shape, epilogue: epilogueOf(site), ...access }
}

const scatterAddOf = (site: Site): ScatterAdd => {
  const { node, access } = site
  const [x, indices, updates] = node.operands as readonly [Node, Node, Node]
  readWhole(site, indices)
  readWhole(site, updates)
  if (literalValue(x) === undefined) readWhole(site, x)
  const { batches, extent, picked, size } = rowsOf(x, indices, node.params['batch'] as number)
  return { kind: 'scatterAdd', batches, rows: extent, picked, size, base: literalValue(x), ...access }
}

const cumulativeSumOf = (site: Site): CumulativeSum => {
  const { node, access } = site
  readWhole(site, node.operands[0]!)
  const axis = node.params['axis'] as number
  return {
    kind: 'cumulativeSum',
    blocks: sizeOf(node.shape.slice(0, axis)),
    extent: node.shape[axis]!,
    inner: sizeOf(node.shape.slice(axis + 1)),
    ...access
  }
}

const routineOf = (site: Site): Routine => {
  const { node, reads, access } = site
  runsRead(node, patternOf(node)).forEach(({ base, start }, i) => reads.number(base, node.operands[i]!.shape, String(i), start)) // prettier-ignore
  const avalOf = ({ shape, dtype }: Node) => ({ shape, dtype })
  return {
    kind: 'routine',
    primitive: node.primitive.name,
    params: node.params,
    operands: node.operands.map(avalOf),
    result: avalOf(node),
    ...access
  }
}

const loopsOf = (site: Site): Loops => {
  const { group, inliner, reads, access } = site
  const bodies = bodiesIn(site, (e, index) => {
    const x = inliner.nodeOf(e.operand)
    return load(reads.number(x, x.shape), index, e.dtype)
  })
  const { domain, reduction } = group
  return {
    kind: 'loops',
    nest: { domain, outputs: outputsOf(site, bodies), ...(reduction && { reduction }) },
    ...access
  }
}

/**
 * Makes the kernel of a group, which writes the members that others need.
 *
 * @param bufferOf the buffer of a stored value or leaf
 * @param inlined the nodes that were written out in a stored value's body
 */
export const kernelOf = (
  group: Group,
  written: readonly Node[],
  inliner: Inliner,
  bufferOf: (node: Node) => number,
  inlined: (node: Node) => readonly Node[]
): Kernel => {
  const node = group.members[0]!
  const reads = createReads(bufferOf)
  const access: KernelAccess = {
    reads: reads.list,
    writes: written.map(bufferOf),
    primitives: group.members.flatMap((member) => [...inlined(member), member]).map(({ primitive }) => primitive.name)
  }
  const site: Site = { group, node, written, inliner, reads, access }
  const pattern = patternOf(node)
  switch (pattern.kind) {
    case 'contraction':
      return contractionOf(site)
    case 'convolution':
      return convolvingOf(site, pattern.form)
    case 'scatterAdd':
      return scatterAddOf(site)
    case 'cumulativeSum':
      return cumulativeSumOf(site)
    case 'routine':
      return routineOf(site)
    default:
      return loopsOf(site)
  }
}
