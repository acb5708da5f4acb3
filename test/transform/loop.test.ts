import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import type { Engine } from '../../src/engines/engine.ts'
import { reference } from '../../src/engines/reference.ts'
import {
  Random,
  add,
  batches,
  evaluate,
  grad,
  loop,
  mul,
  sub,
  sum,
  square,
  tensor,
  treeLeaves,
  valueAndGrad,
  zeros
} from '../../src/index.ts'
import type { Loop, Tensor } from '../../src/index.ts'
import { rejected, thrown } from '../support/thrown.ts'

interface State {
  readonly w: Tensor
  readonly step: Tensor
}
const descend = (state: State, x: Tensor): readonly [State, { readonly loss: Tensor }] => {
  const loss = (w: Tensor): Tensor => sum(square(sub(w, x)))
  const [value, gradient] = valueAndGrad(loss)(state.w)
  return [{ w: sub(state.w, mul(gradient, 0.25)), step: add(state.step, 1) }, { loss: value }]
}
const carry: State = { w: tensor([0, 8]), step: tensor(new Int32Array([0]), []) }
const target = tensor([4, 4])
const engine = 'reference'

/** Draws from a key that the carry has, so that each step differs. */
const wander = ({ at, key }: { at: Tensor; key: Tensor }): [{ at: Tensor; key: Tensor }, Tensor] => [
  { at: add(mul(at, 0.9), Random.normal(key, [3, 3])), key: Random.foldIn(key, 1) },
  sum(at)
]
const wandering = { at: zeros([3, 3]), key: Random.key(7) }

const bits = (tree: unknown): number[][] => treeLeaves(tree).map(({ data }) => [...data])

/** A function or value that is given what its type does not allow. */
const untyped = loop as unknown as (step: unknown, options?: unknown) => Loop<unknown, unknown, unknown>

describe('a loop', () => {
  it('does a step for each batch, gives their outputs, and keeps the carry', async () => {
    const fit = loop(descend, { carry, engine })
    const heard: number[] = []
    const outputs = await fit.advance([target, target, target], {
      onStep: (i, { loss }) => heard.push(i, loss.data[0]!)
    })
    expect(outputs.map(({ loss }) => loss.data[0])).toEqual([32, 8, 2])
    expect(heard).toEqual([0, 32, 1, 8, 2, 2])
    expect(bits(await fit.snapshot())).toEqual([[3], [3.5, 4.5]])
    await fit.advance([target])
    expect(bits(await fit.snapshot())).toEqual([[4], [3.75, 4.25]])
    fit.dispose()
  })

  it('does so many steps of a step that takes no batch', async () => {
    const halve = loop((x: Tensor): [Tensor, Tensor] => [mul(x, 0.5), x], { carry: tensor([64]), engine })
    expect((await halve.advance(3)).map((x) => x.data[0])).toEqual([64, 32, 16])
    expect(await halve.advance(0)).toEqual([])
    // More than are taken ahead at once.
    expect(await halve.advance(100)).toHaveLength(100)
    expect((await halve.snapshot()).data[0]).toBeCloseTo(64 * 0.5 ** 103, 30)
  })

  it('is the step itself, over and over', async () => {
    const sets = Array.from({ length: 70 }, (_, i) => tensor([i, -i]))
    const fit = loop(descend, { carry, engine })
    await fit.advance(sets)
    const alone = sets.reduce((state: State, x) => evaluate(() => descend(state, x))()[0], carry)
    expect(bits(await fit.snapshot())).toEqual(bits(alone))
  })

  it('takes iterables, async ones, and those that use their memory again', async () => {
    const reusing = function* (): Generator<Tensor> {
      const x = zeros([2])
      for (let i = 0; i < 40; i++) {
        x.data.fill(i)
        yield x
      }
    }
    const asynchronous = async function* (): AsyncGenerator<Tensor> {
      for (let i = 0; i < 40; i++) {
        if (i % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 3))
        yield tensor([i, i])
      }
    }
    const fits = [1, 2, 3].map(() => loop(descend, { carry, engine }))
    const list = Array.from({ length: 40 }, (_, i) => tensor([i, i]))
    for (const [i, given] of [list, reusing(), asynchronous()].entries()) await fits[i]!.advance(given)
    const [first, ...rest] = await Promise.all(fits.map(({ snapshot }) => snapshot()))
    for (const one of rest) expect(bits(one)).toEqual(bits(first))
  })

  it('stops after so many steps, and goes on with the same iterator', async () => {
    const endless = batches(tensor([[1, 2], [3, 4], [5, 6]]), { batchSize: 1 }).from() // prettier-ignore
    const step = (total: Tensor, x: Tensor): [Tensor, Tensor] => [add(total, sum(x)), sum(x)]
    const fit = loop(step, { carry: tensor(0), engine })
    const outputs = [...(await fit.advance(endless, { steps: 2 })), ...(await fit.advance(endless, { steps: 1 }))]
    expect(outputs.map(({ data }) => data[0]).sort()).toEqual([11, 3, 7])
  })

  it('begins with a copy, and gives copies', async () => {
    const w = tensor([1, 2])
    const fit = loop((x: Tensor): [Tensor, null] => [add(x, 1), null], { carry: w, engine })
    w.data.fill(100)
    const before = await fit.snapshot()
    before.data.fill(50)
    expect(bits(await fit.snapshot())).toEqual([[1, 2]])
    await fit.advance(1)
    ;(await fit.snapshot()).data.fill(7)
    expect(bits(await fit.snapshot())).toEqual([[2, 3]])
  })

  it.each(['reference', 'wasm'] as const)('resumes from a snapshot to the same bits: %s', async (on) => {
    const whole = loop(wander, { carry: wandering, engine: on })
    await whole.advance(10)
    const half = loop(wander, { carry: wandering, engine: on })
    await half.advance(4)
    const rest = loop(wander, { carry: await half.snapshot(), engine: on })
    await half.advance(1)
    await rest.advance(6)
    expect(bits(await rest.snapshot())).toEqual(bits(await whole.snapshot()))
    for (const one of [whole, half, rest]) one.dispose()
  })

  it.each(['reference', 'wasm'] as const)('runs beside another and waits for its own calls: %s', async (on) => {
    const alone = loop(wander, { carry: wandering, engine: on })
    await alone.advance(5)
    const [one, two] = [loop(wander, { carry: wandering, engine: on }), loop(descend, { carry, engine: on })]
    const [first, , early, second, late] = await Promise.all([
      one.advance(2),
      two.advance([target, target]),
      one.snapshot(),
      one.advance(3),
      one.snapshot()
    ])
    expect([first.length, second.length]).toEqual([2, 3])
    expect(bits(early)).not.toEqual(bits(late))
    expect(bits(late)).toEqual(bits(await alone.snapshot()))
    expect(bits(await two.snapshot())).toEqual([[2], [3, 5]])
    for (const each of [alone, one, two]) each.dispose()
  })

  it('compiles one executable, and frees it with the carry', async () => {
    const count = { compiled: 0, disposed: 0, carries: 0 }
    const inner = reference()
    const counting: Engine = {
      name: 'counting',
      compile: (program, options) =>
        pipe(
          inner.compile(program, options),
          TE.map((made) => {
            count.compiled++
            return {
              ...made,
              resident: (initial) =>
                pipe(
                  made.resident(initial),
                  TE.map((held) => ({
                    ...held,
                    dispose: () => {
                      count.carries++
                    }
                  }))
                ),
              dispose: () => {
                count.disposed++
              }
            }
          })
        )
    }
    const fit = loop(descend, { carry, engine: counting })
    await fit.advance([target, target])
    const under = fit.advance([target])
    await Promise.resolve()
    fit.dispose()
    fit.dispose()
    await under.catch(() => undefined)
    await rejected(fit.snapshot())
    expect(count).toEqual({ compiled: 1, disposed: 1, carries: 1 })
  })
})

describe('what does not fit', () => {
  it('is refused at once where the loop is made', () => {
    const cases: readonly (readonly [() => unknown, string, RegExp])[] = [
      [() => untyped(descend), 'InvalidArgument', /record of options/],
      [() => untyped(descend, {}), 'InvalidArgument', /a tree of tensors as carry; got undefined/],
      [() => untyped(3, { carry }), 'InvalidArgument', /step\(carry, batch\).*; got 3/],
      [() => untyped(descend, { carry: new Date() }), 'InvalidTree', /instance of a class/],
      [() => untyped(descend, { carry: { shape: [2], dtype: 'float32' } }), 'InvalidTree', /typed array.*float32\[2\]/],
      [
        () => untyped(descend, { carry: { ...carry.w, shape: [3] } }),
        'InvalidTree',
        /float32\[3\] says; got a Float32Array of 2/
      ],
      [() => untyped(descend, { carry, engin: 'wasm' }), 'InvalidArgument', /engine/],
      [() => untyped(descend, { carry, engine: 5 }), 'InvalidArgument', /an engine as engine; got 5/]
    ]
    for (const [make, tag, text] of cases) {
      const error = thrown(make)
      expect(error).toMatchObject({ _tag: tag, op: 'loop' })
      expect(error.message).toMatch(text)
    }
  })

  it('names the engines there are where one is missing', async () => {
    const error = await rejected(untyped(descend, { carry, engine: 'wasn' }).advance([target]))
    expect(error).toMatchObject({ _tag: 'NotAvailable', op: 'loop' })
    expect(error.message).toMatch(/one of auto, wasm, reference[\s\S]*'wasn'/)
  })

  it('leaves the carry after the steps before a batch of another form, and goes on', async () => {
    const fit = untyped(descend, { carry, engine })
    expect(await rejected(fit.advance([target, target, tensor([1, 2, 3]), target]))).toMatchObject({
      _tag: 'ShapeMisfit',
      expected: 'a batch shaped like the first one, float32[2] at the root',
      actual: 'float32[3]'
    })
    expect(bits(await fit.snapshot())).toEqual([[2], [3, 5]])
    expect(await rejected(fit.advance([{ x: target }]))).toMatchObject({ _tag: 'InvalidTree' })
    expect(await rejected(fit.advance([target, undefined]))).toMatchObject({ _tag: 'InvalidTree' })
    expect(await rejected(fit.advance([{ ...target, data: undefined }]))).toMatchObject({ _tag: 'InvalidTree' })
    await fit.advance([target])
    expect(bits(await fit.snapshot())).toEqual([[4], [3.75, 4.25]])
  })

  it.each<readonly [string, unknown, string, RegExp]>([
    ['a promise', async (x: Tensor) => [x, x], 'AsyncTrace', /promise/],
    ['no pair', (x: Tensor) => x, 'InvalidTree', /a pair \[carry, result\]; got a tensor/],
    ['nothing', () => undefined, 'InvalidTree', /a pair.*; got undefined/],
    ['three', (x: Tensor) => [x, x, x], 'InvalidTree', /a pair/],
    ['another shape', (x: Tensor) => [add(x, zeros([3, 2])), x], 'ShapeMisfit', /float32\[2\].*; got float32\[3, 2\]/],
    ['another tree', (x: Tensor) => [{ x }, x], 'InvalidTree', /a carry in a tree like the one that came in/],
    ['text', (x: Tensor) => [x, 'done'], 'InvalidTree', /a string/],
    ['a misfit', (x: Tensor) => [add(x, zeros([7])), x], 'ShapeMisfit', /in add/]
  ])('is told of a step that returns %s', async (_, step, tag, text) => {
    const fit = untyped(step, { carry: tensor([1, 2]), engine })
    const error = await rejected(fit.advance(1))
    expect(error).toMatchObject({ _tag: tag })
    expect(error.message).toMatch(text)
    expect(bits(await fit.snapshot())).toEqual([[1, 2]])
  })

  it.each<readonly [unknown, RegExp]>([
    [undefined, /an iterable of batches; got undefined/],
    [target, /an iterable of batches; got a tensor/],
    [10, /an iterable of batches; got 10/],
    ['text', /an iterable of batches/],
    [null, /an iterable of batches/]
  ])('is told of batches that are none: %o', async (given, text) => {
    const error = await rejected(untyped(descend, { carry, engine }).advance(given as never))
    expect(error).toMatchObject({ _tag: 'InvalidArgument', op: 'advance' })
    expect(error.message).toMatch(text)
  })

  it('is told of counts and options that are none', async () => {
    const fit = untyped((x: Tensor) => [x, x], { carry: tensor([1, 2]), engine })
    for (const n of [-1, 1.5, NaN, Infinity])
      expect(await rejected(fit.advance(n))).toMatchObject({ _tag: 'InvalidArgument', actual: String(n) })
    for (const wrong of [{ onStp: () => undefined }, { steps: -1 }, { onStep: 3 }, null])
      expect(await rejected(fit.advance(1, wrong as never))).toMatchObject({ _tag: 'InvalidArgument' })
  })

  it('is told of use after dispose', async () => {
    const fit = loop(descend, { carry, engine })
    await fit.advance([target])
    fit.dispose()
    for (const late of [() => fit.advance([target]), () => fit.snapshot()])
      expect(await rejected(late())).toMatchObject({ _tag: 'Disposed', op: 'loop', expected: 'a loop in use' })
  })

  it('is told of loops under a trace', () => {
    const fit = loop(descend, { carry, engine })
    const inside = (f: () => unknown) => () => grad((x: Tensor) => (f(), sum(x)))(tensor([1]))
    expect(thrown(inside(() => loop(descend, { carry, engine })))).toMatchObject({ _tag: 'NestedCompile' })
    expect(thrown(inside(() => fit.advance([target])))).toMatchObject({ _tag: 'NestedCompile' })
  })

  it('is what the user threw, where the user threw, and iterators are closed', async () => {
    const own = new Error('mine')
    const closed: string[] = []
    const watched = function* (name: string): Generator<Tensor> {
      try {
        for (;;) yield target
      } finally {
        closed.push(name)
      }
    }
    const raise = (): never => {
      throw own
    }
    const fit = loop(descend, { carry, engine })
    await expect(fit.advance(watched('onStep'), { onStep: raise })).rejects.toBe(own)
    await expect(loop(raise, { carry, engine }).advance(watched('step'))).rejects.toBe(own)
    const failing = function* (): Generator<Tensor> {
      yield target
      raise()
    }
    const other = loop(descend, { carry, engine })
    await expect(other.advance(failing())).rejects.toBe(own)
    expect(bits(await other.snapshot())).toEqual([[1], [2, 6]])
    expect(closed).toEqual(['onStep', 'step'])
  })

  it('may be mended: a step that failed to compile is compiled again', async () => {
    const step = (x: Tensor, y: Tensor): [Tensor, null] => [add(x, y), null]
    const fit = loop(step, { carry: tensor([1, 2]), engine })
    expect(await rejected(fit.advance([zeros([7])]))).toMatchObject({ _tag: 'ShapeMisfit', op: 'add' })
    await fit.advance([tensor([1, 1])])
    expect(bits(await fit.snapshot())).toEqual([[2, 3]])
  })
})
