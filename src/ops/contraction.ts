import { o } from '../primitives/vocabulary.ts'
import { fail } from '../tensor/error.ts'
import { range } from '../tensor/shape.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { extentOf } from './axes.ts'
import { showAval } from '../tensor/tensor.ts'

/** Names the axes of a tensor; axes of one name run together. */
export interface Labelled {
  readonly tensor: Tensor
  readonly labels: readonly string[]
}

const placesOf = (x: Labelled, labels: readonly string[]): readonly number[] =>
  labels.map((label) => x.labels.indexOf(label))

const sumAway = (x: Labelled, isKept: (label: string) => boolean): Labelled => {
  const gone = x.labels.filter((label) => !isKept(label))
  return gone.length === 0
    ? x
    : { tensor: o.reduceSum(x.tensor, placesOf(x, gone)), labels: x.labels.filter((label) => isKept(label)) }
}

/** Reduces an axis that occurs twice in one tensor to its diagonal. */
const diagonal = (x: Labelled): Labelled => {
  const later = x.labels.findIndex((label, i) => x.labels.indexOf(label) !== i)
  const label = x.labels[later]
  if (label === undefined) return x
  const { shape } = x.tensor
  const onDiagonal = o.compare(o.iota(shape, x.labels.indexOf(label)), o.iota(shape, later), 'eq')
  return diagonal({
    tensor: o.reduceSum(o.select(onDiagonal, x.tensor, 0), [later]),
    labels: x.labels.toSpliced(later, 1)
  })
}

/** Labels axes that broadcast by their distance from the last one, as NumPy pairs them. */
export const broadcastLabels = (count: number): readonly string[] =>
  range(count).map((i) => `...${String(count - 1 - i)}`)

const doesBroadcast = (label: string): boolean => label.startsWith('...')

/** Finds the extent of every label; among labels that broadcast extents of 1 give way to others. */
const extentsOf = (op: string, operands: readonly Labelled[]): ReadonlyMap<string, number> => {
  const extents = new Map<string, number>()
  for (const { tensor, labels } of operands)
    labels.forEach((label, axis) => {
      const extent = extentOf(tensor.shape, axis)
      const known = extents.get(label) ?? extent
      const broadcasts = doesBroadcast(label) && (known === 1 || extent === 1)
      if (known !== extent && !broadcasts)
        fail('ShapeMisfit', {
          op,
          expected: `one extent for each index; ${label} is both ${String(known)} and ${String(extent)}`,
          actual: operands.map((x) => showAval(x.tensor)).join(' and ')
        })
      extents.set(label, known === 1 ? extent : known)
    })
  return extents
}

/** Multiplies two tensors and sums over the labels that they share and no other operand or result needs. */
const product = (a: Labelled, b: Labelled, isNeeded: (label: string) => boolean): Labelled => {
  const x = sumAway(a, (label) => isNeeded(label) || b.labels.includes(label))
  const y = sumAway(b, (label) => isNeeded(label) || a.labels.includes(label))
  const shared = x.labels.filter((label) => y.labels.includes(label))
  const batch = shared.filter(isNeeded)
  const contract = shared.filter((label) => !isNeeded(label))
  const own = (z: Labelled): readonly string[] => z.labels.filter((label) => !shared.includes(label))
  return {
    tensor: o.dotGeneral(x.tensor, y.tensor, {
      contract: [placesOf(x, contract), placesOf(y, contract)],
      batch: [placesOf(x, batch), placesOf(y, batch)]
    }),
    labels: [...batch, ...own(x), ...own(y)]
  }
}

/**
 * Multiplies all operands, summed over every label that is not among `result`, whose order the axes take: what
 * `einsum` and `matmul` mean. Operands are multiplied from left to right.
 */
export const contraction = (op: string, operands: readonly Labelled[], result: readonly string[]): Tensor => {
  const extents = extentsOf(op, operands)
  const narrowed = operands.map(diagonal).map(({ tensor, labels }): Labelled => {
    const isFull = (label: string): boolean => extentOf(tensor.shape, labels.indexOf(label)) === extents.get(label)
    const kept = labels.filter(isFull)
    const shape = kept.map((label) => extents.get(label) ?? 1)
    return { tensor: kept.length === labels.length ? tensor : o.reshape(tensor, shape), labels: kept }
  })
  const total = narrowed.reduce((a, b, i) => {
    const later = new Set([...result, ...narrowed.slice(i + 1).flatMap(({ labels }) => labels)])
    return product(a, b, (label) => later.has(label))
  })
  const summed = sumAway(total, (label) => result.includes(label))
  const permutation = placesOf(summed, result)
  return permutation.every((axis, i) => axis === i) ? summed.tensor : o.transpose(summed.tensor, permutation)
}
