import { describe, expect, it } from 'vitest'
import { o } from '../../src/primitives/vocabulary.ts'
import { prepare } from '../../src/program/evaluate.ts'
import { openGraph } from '../../src/program/graph.ts'
import type { Node } from '../../src/program/node.ts'
import { isGiven, replay } from '../../src/program/origin.ts'
import { traceInto } from '../../src/program/trace.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'

const replayed = async (f: (x: Tensor, y: Tensor) => readonly Tensor[], x: readonly number[], y: readonly number[]) => {
  const tensors = [makeTensor(x), makeTensor(y)]
  const { program } = traceInto(openGraph(o), tensors, (inputs) => f(inputs[0]!, inputs[1]!), 'f')
  const inputs = tensors.map(({ data }) => data)
  const result = await replay(program, inputs, () => Promise.resolve(true))
  if (result === undefined) throw new Error('stopped')
  expect(result.outputs).toEqual(prepare(program, 'float32')(inputs))
  return { origins: result.origins, origin: result.origins[0], program }
}

describe('what is not finite', () => {
  it('is traced to the operation that made it of finite numbers', async () => {
    let quotient: Tensor | undefined
    const f = (x: Tensor, y: Tensor): readonly Tensor[] => {
      quotient = o.div(x, y)
      return [o.tanh(x), o.reshape(o.sub(o.reshape(quotient, [2, 1]), 1), [2])]
    }
    const { origin } = await replayed(f, [1, 1], [1, 0])
    expect(origin).toEqual({ node: quotient as Node, value: Infinity })
  })
  it('is traced to all operations that made any, the first of the trace first', async () => {
    const made: Tensor[] = []
    const f = (x: Tensor, y: Tensor): readonly Tensor[] => {
      made.push(o.sqrt(x), o.log(y))
      return [o.add(made[1]!, 1), o.mul(made[0]!, 2)]
    }
    const { origins } = await replayed(f, [-1, 1], [0, 1])
    expect(origins).toEqual([
      { node: made[0] as Node, value: NaN },
      { node: made[1] as Node, value: -Infinity }
    ])
  })
  it('is traced to numbers that are too large in single precision', async () => {
    const { origin } = await replayed((x, y) => [o.sub(o.mul(x, y), o.mul(x, y))], [3e38], [2])
    expect(origin).toMatchObject({ value: Infinity })
    expect(origin!.node.primitive.name).toBe('mul')
  })
  it('is no matter where it reaches no output', async () => {
    const f = (x: Tensor, y: Tensor): readonly Tensor[] => [o.select(o.compare(y, 0, 'gt'), o.div(x, y), x)]
    expect((await replayed(f, [1, 2], [1, 0])).origins).toEqual([])
  })
  it('may have been given', async () => {
    const { origin, program } = await replayed((x, y) => [o.reshape(o.add(x, y), [1, 1])], [1], [NaN])
    expect(origin!.node).toBe(program.inputs[1])
    expect(isGiven(origin!)).toBe(true)
  })
  it('may lie in a constant', async () => {
    const { origin } = await replayed((x) => [o.add(x, makeTensor([Infinity]))], [1], [1])
    expect(origin).toMatchObject({ value: Infinity })
    expect(origin!.node.primitive.name).toBe('constant')
  })
})
