import { fail } from '../tensor/error.ts'
import { requireArgument, requireTensor } from '../tensor/arguments.ts'
import type { Rule } from '../tensor/options.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { broadcastLabels, contraction } from './contraction.ts'
import { showAval } from '../tensor/tensor.ts'

const lettersOf = (term: string): readonly string[] => term.match(/[A-Za-z]/g) ?? []

const labelsOf = (term: string, dots: number): readonly string[] => {
  const [before = '', behind] = term.split('...')
  return behind === undefined
    ? lettersOf(before)
    : [...lettersOf(before), ...broadcastLabels(dots), ...lettersOf(behind)]
}

const anEquation: Rule = { expected: "a text such as 'ij,jk->ik'", accepts: (x) => typeof x === 'string' }

const isTerm = (term: string): boolean => /^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term)

/**
 * Computes Einstein's summation: each operand's axes are named by letters, equal letters run together, and what the
 * result does not name is summed. Without `->` the result names, in alphabetical order, the letters that occur once. A
 * letter twice in one operand takes its diagonal; `...` stands for further axes, which broadcast.
 *
 * @throws InvalidArgument where the equation cannot be read or does not fit the number of operands; ShapeMisfit where
 * equal letters have different extents or an operand has another number of axes
 *
 * @example
 * import { einsum, tensor } from 'saddlepoint'
 * const a = tensor([[1, 2], [3, 4]])
 * einsum('ij,jk->ik', a, a).data // => [7, 10, 15, 22]
 * einsum('ij->j', a).data // => [4, 6]
 * einsum('ii', a).data // => [5]
 */
export const einsum = (equation: string, ...operands: readonly Tensor[]): Tensor => {
  requireArgument('einsum', 'equation', equation, anEquation)
  for (const x of operands) requireTensor('einsum', x)
  const [inputs = '', output, ...rest] = equation.replaceAll(' ', '').split('->')
  const terms = inputs.split(',')
  const invalid = (expected: string): never =>
    fail('InvalidArgument', { op: 'einsum', expected, actual: `'${equation}' for ${String(operands.length)} operands` })
  if (rest.length > 0 || ![...terms, output ?? ''].every(isTerm)) invalid("an equation such as 'ij,jk->ik'")
  if (terms.length !== operands.length || operands.length === 0) invalid('one term for each operand')

  const labelled = operands.map((tensor, i) => {
    const term = terms[i] ?? ''
    const dots = tensor.shape.length - lettersOf(term).length
    if (dots < 0 || (dots > 0 && !term.includes('...')))
      fail('ShapeMisfit', { op: 'einsum', expected: `a tensor with the axes '${term}'`, actual: showAval(tensor) })
    return { tensor, labels: labelsOf(term, dots), dots: term.includes('...') ? dots : 0 }
  })
  const dots = Math.max(...labelled.map((x) => x.dots))
  const letters = terms.flatMap(lettersOf)
  const result =
    output === undefined
      ? [...broadcastLabels(dots), ...letters.filter((x) => letters.indexOf(x) === letters.lastIndexOf(x)).toSorted()]
      : labelsOf(output, dots)
  const named = new Set(labelled.flatMap(({ labels }) => labels))
  if (!result.every((label, i) => named.has(label) && result.indexOf(label) === i))
    invalid('a result that names each of its axes once, and only axes of operands')
  return contraction('einsum', labelled, result)
}
