import { spread } from '../../primitives/rules/elementwise.ts'
import { activeGraph, makeInput } from '../../program/graph.ts'
import type { Node } from '../../program/node.ts'
import type { AnyPrimitive } from '../../program/primitive.ts'
import type { ScanParams } from '../../program/scan.ts'
import { partsOf, unpack } from '../../program/scan.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import { range, sizeOf } from '../../tensor/shape.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import { batchProgram } from '../vmap.ts'
import type { Variable } from './body.ts'
import { closeBody, inputsOf, openBody } from './body.ts'

/** Swaps the two leading axes: that of the iterations and the new one. */
const swapped = (o: Vocabulary, x: Tensor): Tensor =>
  o.transpose(x, [1, 0, ...range(x.shape.length - 2).map((n) => n + 2)])

/**
 * Computes a scan over one more leading axis: the scan of the batched body. A carry has the axis if its first value does,
 * or its next one once others do.
 */
export const batchScan = (
  scan: AnyPrimitive,
  o: Vocabulary,
  operands: readonly Tensor[],
  batched: readonly boolean[],
  params: ScanParams,
  size: number
): Tensor => {
  const graph = activeGraph()!
  const body = openBody(graph, params, operands)
  const count = body.carries.length
  const variables = [...body.constants, ...body.carries, ...body.xs]
  const wide = variables.map(({ input }) =>
    makeInput(graph, { dtype: input.dtype, shape: [size, ...input.shape] }, String(input.params['label']))
  )
  const marks = [...batched]
  const isMarked = (_: unknown, i: number): boolean => marks[i]!
  const batchBody = (): ReturnType<typeof batchProgram> => {
    const inputs = inputsOf(variables.filter(isMarked))
    return batchProgram(graph, { inputs, outputs: [...body.next, ...body.ys] }, wide.filter(isMarked), size)
  }
  let results = batchBody()
  for (;;) {
    const more = body.carries.flatMap((_, n) => (results[n]!.mapped && !marks[params.constants + n]! ? [n] : []))
    if (more.length === 0) break
    for (const n of more) marks[params.constants + n] = true
    results = batchBody()
  }

  const isXs = (i: number): boolean => i >= params.constants + count
  const given = variables.map((variable, i): Variable => {
    if (!marks[i]!) return variable
    const whole = spread(o, variable.value, batched[i]!, size)
    return { ...variable, input: wide[i]!, value: isXs(i) ? swapped(o, whole) : whole }
  })
  const mapped = results.map((result, n) => (n < count ? marks[params.constants + n]! : result.mapped))
  const outputs = results.map(({ value, mapped: own }, n) => spread(o, value, own || !mapped[n]!, size) as Node)
  const { whileTrue, ...options } = params
  const packed = closeBody(
    scan,
    graph,
    {
      constants: given.slice(0, params.constants),
      carries: given.slice(params.constants, params.constants + count),
      xs: given.slice(params.constants + count),
      next: outputs.slice(0, count),
      ys: outputs.slice(count)
    },
    // Where the condition differs between lanes, all iterations run.
    whileTrue === undefined || mapped[whileTrue]! ? options : params,
    params.returned
  )
  const parts = partsOf(params).map(({ shape }, i) => {
    const n = params.returned[i]!
    return { shape: !mapped[n]! ? shape : n < count ? [size, ...shape] : [shape[0]!, size, ...shape.slice(1)] }
  })
  const rows = unpack(o, packed, parts).map((part, i) => {
    const n = params.returned[i]!
    const flat = [sizeOf(partsOf(params)[i]!.shape)]
    if (!mapped[n]!) return spread(o, o.reshape(part, flat), false, size)
    return o.reshape(n < count ? part : swapped(o, part), [size, ...flat])
  })
  return o.concat(rows, 1)
}
