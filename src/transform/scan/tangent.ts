import { makeInput } from '../../program/graph.ts'
import type { Node } from '../../program/node.ts'
import type { ScanParams } from '../../program/scan.ts'
import { partsOf, unpack } from '../../program/scan.ts'
import type { Tangent } from '../../program/tangent.ts'
import { isZero, zero } from '../../program/tangent.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { pushforward } from '../pushforward.ts'
import type { Variable } from './body.ts'
import { closeBody, inputsOf, openBody } from './body.ts'

/**
 * Computes the tangent of a scan: the scan of the body's tangent, whose carries are those of the body and, behind them, the
 * tangents of those that move. A carry moves if its first value does, or if its next value moves with something that does.
 */
export const tangentOfScan = (
  o: Vocabulary,
  operands: readonly Tensor[],
  tangents: readonly Tangent[],
  result: Tensor,
  params: ScanParams
): Tangent => {
  if (result.dtype !== 'float32') return zero(result)
  const { graph, primitive } = result as Node
  const body = openBody(graph, params, operands)
  const variables = [...body.constants, ...body.carries, ...body.xs]
  const count = body.carries.length
  const directions = variables.map(({ input }, i) => makeInput(graph, input, `tangent ${String(i)} of a scan`))
  const moves = tangents.map((tangent) => !isZero(tangent))
  const program = { inputs: inputsOf(variables), outputs: [...body.next, ...body.ys] }
  const push = (): readonly Tangent[] =>
    pushforward(program, directions.map((x, i) => (moves[i]! ? x : zero(x)))) // prettier-ignore
  let pushed = push()
  for (;;) {
    const more = body.carries.flatMap((_, n) => (!isZero(pushed[n]!) && !moves[params.constants + n]! ? [n] : []))
    if (more.length === 0) break
    for (const n of more) moves[params.constants + n] = true
    pushed = push()
  }

  const moving = (from: number, part: readonly Variable[]): readonly Variable[] =>
    part.flatMap((_, n) =>
      moves[from + n]!
        ? [{ input: directions[from + n]!, value: o.instantiate(tangents[from + n]!), linear: true }]
        : []
    )
  const held = (part: readonly Variable[]): readonly Variable[] =>
    part.map((variable) => ({ ...variable, linear: false }))
  const movingCarries = body.carries.flatMap((_, n) => (moves[params.constants + n]! ? [n] : []))
  const movingYs = params.returned.filter((n) => n >= count && !isZero(pushed[n]!))
  const placeOf = (n: number): number => {
    const place = n < count ? movingCarries.indexOf(n) : movingYs.indexOf(n)
    return place < 0 ? -1 : place + count + (n < count ? 0 : movingCarries.length)
  }
  const places = params.returned.map(placeOf)
  const returned = places.filter((place) => place >= 0)
  if (returned.length === 0) return zero(result)
  const packed = closeBody(
    primitive,
    graph,
    {
      constants: [...held(body.constants), ...moving(0, body.constants)],
      carries: [...held(body.carries), ...moving(params.constants, body.carries)],
      xs: [...held(body.xs), ...moving(params.constants + count, body.xs)],
      next: [...body.next, ...movingCarries.map((n) => o.instantiate(pushed[n]!) as Node)],
      ys: movingYs.map((n) => pushed[n] as Node)
    },
    params,
    returned
  )
  if (returned.length === places.length) return packed
  const parts = partsOf(params)
  const pieces = unpack(
    o,
    packed,
    parts.filter((_, i) => places[i]! >= 0)
  )
  let next = 0
  const flat = parts.map(({ shape }, i) => {
    const size = [sizeOf(shape)]
    return places[i]! >= 0 ? o.reshape(pieces[next++]!, size) : o.full(size, 0)
  })
  return o.concat(flat, 0)
}
