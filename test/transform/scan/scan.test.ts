/** scan, repeat and whileLoop: what they give, what they refuse, and that their cost does not grow with the iterations. */
import { describe, expect, it } from 'vitest'
import { E, Engine, Program, add, arange, broadcastTo, compile, customVjp, evaluate, grad, jvp, less, mul, ones, repeat, scan, sin, square, sum, tanh, tensor, vmap, whileLoop } from '../../../src/index.ts' // prettier-ignore
import { nodesOf } from '../../../src/program/program.ts'
import { isScan, someNode } from '../../../src/program/scan.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Tensor } from '../../../src/tensor/tensor.ts'
import { thrown } from '../../support/thrown.ts'

const xs = tensor([[1, 2], [3, 4], [5, 6]]) // prettier-ignore
const numbers = ({ data }: Tensor): readonly number[] => [...data]

describe('scan', () => {
  it('carries trees, stacks trees, and closes over values', () => {
    const w = tensor([2, 3])
    const [carry, ys] = scan(
      ({ total, steps }: { total: Tensor; steps: Tensor }, { x, flag }: { x: Tensor; flag: Tensor }) => [
        { total: add(total, mul(x, w)), steps: add(steps, 1) },
        [flag, { twice: mul(total, 2) }] as [Tensor, { twice: Tensor }]
      ],
      { total: tensor([0, 0]), steps: tensor(0, [], 'int32') },
      { x: xs, flag: tensor([1, 0, 1], [3], 'bool') }
    )
    expect(numbers(carry.total)).toEqual([18, 36])
    expect(carry.steps).toMatchObject({ dtype: 'int32', shape: [] })
    expect(numbers(carry.steps)).toEqual([3])
    expect([ys[0].dtype, ...numbers(ys[0])]).toEqual(['bool', 1, 0, 1])
    expect([ys[1].twice.shape, numbers(ys[1].twice)]).toEqual([
      [3, 2],
      [0, 0, 4, 12, 16, 36]
    ])
  })

  it('goes backwards, its ys in the order of the xs', () => {
    const [last, sums] = scan((c: Tensor, x: Tensor) => [add(mul(c, 10), x), c], tensor(0), tensor([1, 2, 3]), { reverse: true }) // prettier-ignore
    expect([numbers(last), numbers(sums)]).toEqual([[321], [32, 3, 0]])
  })

  it('needs no xs where it has a length, and no iteration', () => {
    expect(numbers(scan((c: Tensor) => [mul(c, 2), []], tensor(1), undefined, { length: 5 })[0])).toEqual([32])
    const [same, none] = scan<Tensor, Tensor, Tensor>((c, x) => [add(c, x), x], tensor(7), tensor([], [0]))
    expect([numbers(same), none.shape]).toEqual([[7], [0]])
  })

  it('is one value of a program, which does not grow with the iterations, differentiated or not', () => {
    const size = (f: (x: Tensor) => unknown, n: number): number => {
      const count = (nodes: ReturnType<typeof nodesOf>): number => nodes.reduce((all, node) => all + 1 + (isScan(node) ? count(nodesOf(node.params.body.outputs)) : 0), 0) // prettier-ignore
      return count(nodesOf(Program.of(f, ones([n, 2])).outputs))
    }
    const f = (x: Tensor): Tensor => sum(scan((c: Tensor, row: Tensor) => [tanh(add(mul(c, 0.5), row)), c], tensor([1, 2]), x)[1]) // prettier-ignore
    for (const of of [
      f,
      grad(f),
      (x: Tensor) => jvp(grad(f), [x], [x])[1],
      grad((x: Tensor) => sum(square(grad(f)(x))))
    ])
      expect(size(of, 1000)).toBe(size(of, 3))
  })

  it('keeps carries alone where that is asked for, with the same derivative', () => {
    const wide = (keep: 'all' | 'carries') => (w: Tensor) =>
      sum(
        scan((c: Tensor, x: Tensor) => [sin(mul(sin(mul(sin(mul(c, w)), w)), x)), []], tensor([1, 2]), xs, { keep })[0]
      )
    const [all, carries] = [wide('all'), wide('carries')].map((f) => grad(f))
    const at = tensor([0.5, 1.5])
    expect(numbers(carries!(at))).toEqual(numbers(all!(at)))
    const kept = (f: (w: Tensor) => unknown): number =>
      nodesOf(Program.of(f, at).outputs)
        .filter(isScan)
        .reduce((most, { shape }) => Math.max(most, sizeOf(shape)), 0)
    // Three carries of two numbers, or these with the sines and cosines on the way.
    expect(kept(carries!)).toBe(6)
    expect(kept(all!)).toBeGreaterThan(4 * 6)
  })

  it('computes outside what does not depend on the iteration', () => {
    const program = Program.of((w: Tensor) => repeat(9, (x) => mul(x, sin(sin(w))), tensor(1)), tensor(2))
    const outer = nodesOf(program.outputs)
    expect(outer.filter(({ primitive }) => primitive.name === 'sin').length).toBe(2)
    expect(someNode(outer.filter(isScan), ({ primitive }) => primitive.name === 'sin')).toBe(false)
  })

  it('repeats and counts inside, where that is fused, what comes in once', () => {
    const step = (w: Tensor) => (x: Tensor) => mul(add(x, arange(3)), broadcastTo(sin(w), [4, 3]))
    const looped = (w: Tensor) => repeat(3, step(w), ones([4, 3]))
    const [w, program] = [tensor([1, 2, 3]), Program.of(looped, ones([3]))]
    const outer = nodesOf(program.outputs)
    const [loop] = outer.filter(isScan)
    expect(loop!.operands.map(({ shape }) => shape)).toEqual([[3], [4, 3]])
    expect(outer.map(({ primitive }) => primitive.name)).not.toContain('iota')
    expect(numbers(looped(w))).toEqual(numbers(step(w)(step(w)(step(w)(ones([4, 3]))))))
  })

  it('has no cotangents of what nobody reads', () => {
    const step = ({ a, b, c }: Record<'a' | 'b' | 'c', Tensor>, x: Tensor) => [{ a: sin(mul(a, x)), b: tanh(mul(a, b)), c: add(c, b) }, [mul(b, 2), a]] as const // prettier-ignore
    const last = (w: Tensor) => scan(step, { a: w, b: w, c: w }, xs)
    const program = Program.of(
      grad((w: Tensor) => sum(last(w)[0].a)),
      tensor([1, 2])
    )
    const back = nodesOf(program.outputs)
      .filter(isScan)
      .find(({ params }) => params.reverse)!
    expect(back.params.carries).toBe(1)
    expect(someNode(nodesOf(program.outputs), ({ primitive }) => ['tanh', 'pad'].includes(primitive.name))).toBe(false)
    // c is read by nobody, but b is by what is stacked.
    const more = Program.of(
      grad((w: Tensor) => sum(last(w)[1][0])),
      tensor([1, 2])
    )
    expect(
      nodesOf(more.outputs)
        .filter(isScan)
        .find(({ params }) => params.reverse)!.params.carries
    ).toBe(2)
    expect(
      Program.count(
        Program.of(
          grad((w: Tensor) => sum(mul(last(w)[0].c, 0))),
          tensor([1, 2])
        )
      )['scan']
    ).toBeUndefined()
  })

  it('is one value where it is written twice', () => {
    const f = (x: Tensor): Tensor => repeat(3, sin, x)
    expect(Program.count(Program.of((x: Tensor) => add(f(x), f(x)), tensor(1)))['scan']).toBe(1)
    const other = Program.of((x: Tensor) => [repeat(3, sin, x), repeat(3, tanh, x), repeat(4, sin, x)], tensor(1))
    expect(Program.count(other)['scan']).toBe(3)
    const zeros = Program.of((x: Tensor) => [0, -0].map((zero) => repeat(2, (y) => mul(y, zero), x)), tensor(1))
    expect(new Set(zeros.outputs).size).toBe(2)
  })

  it('is printed as a loop, and so are programs told apart by their hashes', () => {
    const text = (f: (x: Tensor) => Tensor): string =>
      Program.show(Program.of((x: Tensor) => repeat(3, f, x), tensor(1)))
    expect(text(sin)).toBe(
      [
        'program (x0: float32[])',
        '  v0: float32[1] = scan[constants 0; carries 1; length 3; reverse false; returned [0]; linear []; keep all](x0)',
        '    body (x0: float32[])',
        '      v0: float32[] = sin(x0)',
        '      return v0',
        '  v1: float32[] = reshape[shape []](v0)',
        '  return v1'
      ].join('\n')
    )
    const hashes = [sin, tanh].map((f) => Program.hash(Program.of((x: Tensor) => repeat(3, f, x), tensor(1))))
    expect(new Set(hashes).size).toBe(2)
  })

  it.each([
    [
      'a carry that changes its shape',
      () => scan((c: Tensor, x: Tensor) => [add(c, x), []], tensor(0), xs),
      'ShapeMisfit',
      'float32[]'
    ],
    ['a carry that changes its tree', () => scan((c: Tensor) => [[c] as never, []], tensor(0), xs), 'InvalidTree', '*'],
    [
      'a function that returns no pair',
      () => scan(((c: Tensor) => c) as never, tensor(0), xs),
      'InvalidTree',
      '[carry, y]'
    ],
    [
      'xs of different lengths',
      () => scan((c: Tensor) => [c, []], tensor(0), [xs, tensor([1, 2])]),
      'ShapeMisfit',
      'one leading extent'
    ],
    [
      'a length that is another',
      () => scan((c: Tensor) => [c, []], tensor(0), xs, { length: 2 }),
      'ShapeMisfit',
      'the length 2'
    ],
    ['no length', () => scan((c: Tensor) => [c, []], tensor(0)), 'ShapeMisfit', 'neither xs nor a length'],
    [
      'xs without an axis',
      () => scan((c: Tensor) => [c, []], tensor(0), tensor(1)),
      'ShapeMisfit',
      'one leading extent'
    ],
    [
      'an unknown option',
      () => scan((c: Tensor) => [c, []], tensor(0), xs, { reversed: true } as never),
      'InvalidArgument',
      'reverse'
    ],
    ['no function', () => scan(3 as never, tensor(0), xs), 'InvalidArgument', 'a function'],
    ['a count that is none', () => repeat(-1, sin, tensor(0)), 'InvalidArgument', 'a count'],
    [
      'a condition that is no truth value',
      () => whileLoop((x: Tensor) => x, sin, tensor(0), { atMost: 3 }),
      'ShapeMisfit',
      'bool[]'
    ],
    ['no bound', () => whileLoop((x: Tensor) => less(x, 1), sin, tensor(0), {} as never), 'InvalidArgument', 'atMost']
  ] as const)('refuses %s', (_, f, tag, words) => {
    const error = thrown(f)
    expect(error).toMatchObject({ _tag: tag })
    expect(error.message).toContain(words)
  })

  it('refuses forward mode where the body has a rule for reverse mode alone', () => {
    const own = customVjp(
      (x: Tensor) => square(x),
      ([x], c) => [mul(c, mul(x, 2))]
    )
    const f = (x: Tensor): Tensor => repeat(2, own, x)
    expect(numbers(grad(f)(tensor(3)))).toEqual([108])
    expect(thrown(() => jvp(f, [tensor(3)], [tensor(1)]))).toMatchObject({ _tag: 'NotForward' })
  })
})

describe('on devices', () => {
  const program = (n: number, f = (x: Tensor): Tensor => repeat(n, (y) => tanh(mul(y, 2)), x)): Program.Program => Program.of(f, ones([2])) // prettier-ignore

  it('comes to code that does not grow with the iterations', async () => {
    const sizes = await Promise.all(
      [5, 500].map(async (n) => {
        const made = await Engine.wasm({ threads: 1 }).compile(program(n))()
        const text = E.isRight(made) ? made.right.explain() : ''
        if (E.isRight(made)) made.right.dispose()
        return [/code [^\n]*/.exec(text)?.[0], text.split('\n').length]
      })
    )
    expect(sizes[0]).toEqual(sizes[1])
  })

  it('is explained as a loop, with its count in flops', () => {
    const flops = (n: number): number => Number(/, ([0-9.]+) flop/.exec(Program.explain(program(n)))?.[1])
    expect(Program.explain(program(50))).toContain('50 times 1 kernels')
    expect(flops(50)).toBe(10 * flops(5))
  })

  it('is refused in words where it is longer than an engine counts', async () => {
    const made = await Engine.wasm({ threads: 1 }).compile(program(2 ** 30))()
    expect(made).toMatchObject({ _tag: 'Left', left: { _tag: 'NotSupported' } })
  })

  it('is compiled by its body where the host repeats it, however often', async () => {
    const made = await Engine.gpu({ mode: 'cpu' }).compile(program(2 ** 30))()
    expect(E.isRight(made)).toBe(true)
    if (E.isRight(made)) made.right.dispose()
  })
})

describe('whileLoop', () => {
  const doubled = (x: Tensor): Tensor =>
    whileLoop(
      (y: Tensor) => less(y, 100),
      (y) => mul(y, x),
      x,
      { atMost: 12 }
    )

  it('ends where its condition fails, and at its bound', () => {
    expect(numbers(doubled(tensor(3)))).toEqual([243])
    expect(numbers(doubled(tensor(200)))).toEqual([200])
    expect(numbers(doubled(tensor(1)))).toEqual([1])
  })

  it('is differentiated in both modes, and mapped, each slice ending for itself', () => {
    expect(numbers(grad(doubled)(tensor(3)))).toEqual([5 * 3 ** 4])
    expect(numbers(jvp(doubled, [tensor(3)], [tensor(1)])[1])).toEqual([5 * 3 ** 4])
    expect(numbers(vmap(doubled)(tensor([3, 200, 5])))).toEqual([243, 200, 125])
    expect(numbers(vmap(grad(doubled))(tensor([3, 200, 5])))).toEqual([405, 1, 75])
  })

  it('runs no iteration more than it needs', () => {
    // The four hundredth product would overflow, and infinity times 0 is no number.
    const f = (x: Tensor): Tensor =>
      whileLoop(
        (y: Tensor) => less(y, 1e30),
        (y) => mul(y, x),
        x,
        { atMost: 1e9 }
      )
    expect(numbers(f(tensor(10)))[0]).toBeCloseTo(1e30, -24)
  })
})

describe.each(['reference', 'wasm', 'gpu'] as const)('on the engine %s', (name) => {
  const engine =
    name === 'wasm' ? Engine.wasm({ threads: 2 }) : name === 'gpu' ? Engine.gpu({ mode: 'cpu' }) : Engine.reference()

  it('loops give what the evaluator gives', async () => {
    const f = (w: Tensor): Tensor => {
      const [last, ys] = scan((c: Tensor, x: Tensor) => [tanh(add(mul(c, w), repeat(2, (y) => mul(y, 0.5), x))), square(c)], tensor([0.1, 0.2]), xs) // prettier-ignore
      return add(sum(last), sum(ys))
    }
    const all = (w: Tensor): Tensor[] => [f(w), grad(f)(w), jvp(grad(f), [w], [w])[1], whileLoop((y: Tensor) => less(sum(y), 9), (y) => mul(y, 2), w, { atMost: 9 })] // prettier-ignore
    const compiled = compile(all, { engine })
    const at = tensor([0.3, 0.7])
    const [wanted, actual] = [evaluate(all)(at), await compiled(at)]
    wanted.forEach((x, i) => {
      expect(actual[i]!.shape).toEqual(x.shape)
      numbers(x).forEach((value, k) => {
        expect(actual[i]!.data[k]! / value).toBeCloseTo(1, 4)
      })
    })
    compiled.dispose()
  })
})
