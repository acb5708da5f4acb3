import { makeInput } from '../../program/graph.ts'
import type { Node } from '../../program/node.ts'
import type { AnyPrimitive } from '../../program/primitive.ts'
import { substitute } from '../../program/program.ts'
import type { ScanParams } from '../../program/scan.ts'
import { partsOf, unpack } from '../../program/scan.ts'
import type { Tangent } from '../../program/tangent.ts'
import { isZero, zero } from '../../program/tangent.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { transposition } from '../transposition.ts'
import type { OpenBody, Variable } from './body.ts'
import { closeBody, inputsOf, openBody } from './body.ts'
import { cotangentPieces } from './pieces.ts'
import { neededOf, residualsOf } from './residuals.ts'

/**
 * Computes the cotangents of all operands that a scan is linear in: a scan in the other direction over the transposed body.
 * Its carries are the cotangents of the linear carries, as far as they move, and the sums of those of the linear constants that it reaches.
 */
const cotangentsOf = (
  scan: AnyPrimitive,
  o: Vocabulary,
  cotangent: Tensor,
  operands: readonly Tensor[],
  params: ScanParams
): readonly Tangent[] => {
  const { graph } = cotangent as Node
  const body = openBody(graph, params, operands)
  const { length, returned } = params
  const count = body.carries.length
  const isLinear = ({ linear }: Variable): boolean => linear
  const constants = body.constants.filter(isLinear)
  const carries = body.carries.filter(isLinear)
  const xs = body.xs.filter(isLinear)
  const linearCarries = body.carries.flatMap((variable, n) => (isLinear(variable) ? [n] : []))
  const given = cotangentPieces(o, cotangent as Node, partsOf(params))
  const variable = (of: Node, value: Tensor): Variable => ({
    input: makeInput(graph, of, 'cotangent of a scan'),
    value,
    linear: true
  })
  const sumOf = (n: number, of: Node): Tangent =>
    given
      .filter((x, i) => returned[i] === n && !isZero(x))
      .reduce<Tangent>((sum, x) => (isZero(sum) ? x : o.add(sum, x)), zero(of))

  const begun = linearCarries.map((n) => sumOf(n, body.next[n]!))
  const read = body.ys.flatMap((y, i) => {
    const sum = sumOf(count + i, y)
    return isZero(sum) ? [] : [{ y, value: sum }]
  })
  const ofAll = begun.map((first, k) => variable(body.next[linearCarries[k]!]!, o.instantiate(first)))
  const ofYs = read.map(({ y, value }) => variable(y, value))
  // A carry's cotangent moves if it begins as one, or becomes one by way of others that move.
  const moves = begun.map((first) => !isZero(first))
  const pull = (): readonly Tangent[] =>
    transposition(
      {
        inputs: inputsOf([...constants, ...carries, ...xs]),
        outputs: [...linearCarries.map((n) => body.next[n]!), ...read.map(({ y }) => y)]
      },
      [...ofAll.map(({ input }, k) => (moves[k]! ? input : zero(input))), ...inputsOf(ofYs)]
    )
  let pulled = pull()
  for (;;) {
    const more = carries.flatMap((_, k) => (!moves[k]! && !isZero(pulled[constants.length + k]!) ? [k] : []))
    if (more.length === 0) break
    for (const k of more) moves[k] = true
    pulled = pull()
  }
  const ofCarries = ofAll.filter((_, k) => moves[k]!)
  const moving = carries.filter((_, k) => moves[k]!)
  const written = new Map([...constants, ...carries, ...xs].map(({ input }, i) => [input, pulled[i]!]))
  const isReached = ({ input }: Variable): boolean => !isZero(written.get(input)!)
  const [summed, reachedXs] = [constants.filter(isReached), xs.filter(isReached)]
  const sums = summed.map(({ input }) => variable(input, o.full(input.shape, 0)))
  const writtenOf = ({ input }: Variable): Node => o.instantiate(written.get(input)!) as Node
  const next = [...moving.map(writtenOf), ...sums.map(({ input }, n) => o.add(input, writtenOf(summed[n]!)) as Node)]
  const ys = reachedXs.map(writtenOf)
  if (next.length + ys.length === 0) return operands.map(zero)
  const cotangents = inputsOf([...ofCarries, ...ofYs, ...sums])

  const needed = neededOf(body, [...next, ...ys], cotangents, params)
  const residuals = residualsOf(scan, o, graph, body, params, needed)
  const kept = residuals.map(({ node, stacked }) => ({
    input: makeInput(graph, node, 'residual of a scan'),
    value: stacked,
    linear: false
  }))
  const replaced = substitute(
    graph,
    [...next, ...ys],
    residuals.map(({ node }) => node),
    inputsOf(kept)
  )
  const back: OpenBody = {
    constants: body.constants.filter((x) => !isLinear(x)),
    carries: [...ofCarries, ...sums],
    xs: [...body.xs.filter((x) => !isLinear(x)), ...kept, ...ofYs],
    next: replaced.slice(0, next.length),
    ys: replaced.slice(next.length)
  }
  const options = { length, reverse: !params.reverse, keep: params.keep }
  const packed = closeBody(
    scan,
    graph,
    back,
    options,
    [...next, ...ys].map((_, n) => n)
  )
  const avals = [...next, ...ys.map(({ shape }) => ({ shape: [length, ...shape] }))]
  const parts = unpack(o, packed, avals)
  const byInput = new Map<Node, Tensor>([
    ...moving.map(({ input }, n) => [input, parts[n]!] as const),
    ...summed.map(({ input }, n) => [input, parts[moving.length + n]!] as const),
    ...reachedXs.map(({ input }, n) => [input, parts[next.length + n]!] as const)
  ])
  return [...body.constants, ...body.carries, ...body.xs].map(
    ({ input }, i) => byInput.get(input) ?? zero(operands[i]!)
  )
}

/** The cotangents that were computed last for a list of operands: transposition asks for each operand in turn. */
const known = new WeakMap<readonly Tensor[], readonly [cotangent: Tensor, all: readonly Tangent[]]>()

/** Computes the cotangent of one operand, all being computed at the first. */
export const cotangentOfScan = (
  scan: AnyPrimitive,
  o: Vocabulary,
  cotangent: Tensor,
  index: number,
  operands: readonly Tensor[],
  params: ScanParams
): Tangent => {
  const last = known.get(operands)
  const all = last?.[0] === cotangent ? last[1] : cotangentsOf(scan, o, cotangent, operands, params)
  known.set(operands, [cotangent, all])
  return all[index]!
}
