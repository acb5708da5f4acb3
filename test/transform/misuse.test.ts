import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cholesky } from '../../src/linalg/decompositions.ts'
import { add, mul } from '../../src/ops/arithmetic.ts'
import { tensor, zeros } from '../../src/ops/creation.ts'
import { matmul } from '../../src/ops/matmul.ts'
import { sum } from '../../src/ops/reduction.ts'
import { fail } from '../../src/tensor/error.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { compile } from '../../src/transform/compile.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { customVjp } from '../../src/transform/customVjp.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad, valueAndGrad } from '../../src/transform/grad.ts'
import { hvp } from '../../src/transform/hvp.ts'
import { hessian, jacfwd, jacrev } from '../../src/transform/jacobian.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { linearize, linearizeWith } from '../../src/transform/linearize.ts'
import { vjp, vjpWith } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'
import { rejected, thrown } from '../support/thrown.ts'

const x = tensor([1, 2, 3])
/** A function that is given what its type does not allow. */
const untyped = <A>(f: unknown): ((...args: unknown[]) => A) => f as (...args: unknown[]) => A

describe('a value that is kept after its trace', () => {
  const leak = (): Tensor => {
    const kept: Tensor[] = []
    grad((y: Tensor) => {
      kept.push(mul(y, 2))
      return sum(y)
    })(x)
    return kept[0]!
  }

  it('is refused by an operation outside a trace', () => {
    const error = thrown(() => add(leak(), 1))
    expect(error).toMatchObject({ _tag: 'EscapedValue', op: 'add' })
    expect(error.message).toContain('return it from the function instead')
  })

  it('is refused by an operation of another trace', () => {
    const kept = leak()
    expect(thrown(() => grad((y: Tensor) => sum(mul(y, kept)))(x))).toMatchObject({ _tag: 'EscapedValue', op: 'mul' })
    expect(thrown(() => grad((_: Tensor) => sum(kept))(x))._tag).toBe('EscapedValue')
    expect(thrown(() => evaluate(() => kept)())._tag).toBe('EscapedValue')
  })

  it('is refused as an argument of every transformation', async () => {
    const kept = leak()
    const f = (y: Tensor): Tensor => sum(y)
    for (const run of [
      () => grad(f)(kept),
      () => jvp(f, [kept], [x]),
      () => jvp(f, [x], [kept]),
      () => vjp(f, kept),
      () => linearize(f, kept),
      () => vmap(f)(kept),
      () => jacrev(f)(kept),
      () => hessian(f)(kept),
      () => checkpoint(f)(kept),
      () => evaluate(f)(kept)
    ])
      expect(thrown(run)._tag).toBe('EscapedValue')
    expect((await rejected(compile(f, { engine: 'reference' })(kept)))._tag).toBe('EscapedValue')
  })

  it('is refused where the inner variable it needs is not there, in the surrounding trace', () => {
    const error = thrown(() =>
      grad((y: Tensor) => {
        let kept: Tensor = y
        const inner = grad((z: Tensor) => {
          kept = mul(z, 2)
          return sum(z)
        })(y)
        return sum(add(inner, kept))
      })(x)
    )
    expect(error).toMatchObject({ _tag: 'EscapedValue', op: 'grad' })
    expect(error.actual).toContain('argument 0 of grad float32[3]')
  })

  it('is refused among the results of compile', async () => {
    const kept: Tensor[] = []
    const f = (y: Tensor): Tensor => {
      const inner = grad((z: Tensor) => {
        kept.push(z)
        return sum(z)
      })(y)
      return add(inner, kept.at(-1)!)
    }
    expect((await rejected(compile(f, { engine: 'reference' })(x)))._tag).toBe('EscapedValue')
  })

  it('is refused in a pullback that outlives its trace', () => {
    const pullbacks: ((c: Tensor) => [Tensor])[] = []
    grad((y: Tensor) => {
      pullbacks.push(vjp((z: Tensor) => mul(z, z), y)[1])
      return sum(y)
    })(x)
    expect(thrown(() => pullbacks[0]!(x))._tag).toBe('EscapedValue')
  })

  it('is no matter where it does not depend on what has ended', () => {
    const f = (y: Tensor): Tensor => {
      let kept: Tensor = y
      const inner = grad((z: Tensor) => {
        kept = mul(y, 3)
        return sum(z)
      })(y)
      return sum(add(inner, kept))
    }
    expect([...grad(f)(x).data]).toEqual([3, 3, 3])
  })
})

describe('reading numbers inside a trace', () => {
  it('throws TracedRead, which says what the value is', () => {
    const error = thrown(() => grad((y: Tensor) => sum(mul(y, y.data[0]!)))(x))
    expect(error._tag).toBe('TracedRead')
    expect(error.actual).toBe('a traced value float32[3]')
    expect(error.message).toContain('read its data outside')
  })

  it('does so at any depth', () => {
    const f = (y: Tensor): Tensor => sum(vmap((row: Tensor) => mul(row, mul(row, 2).data[0]!))(y))
    expect(thrown(() => f(x))._tag).toBe('TracedRead')
  })
})

describe('a misfit', () => {
  const lineOf = (marker: string): number =>
    readFileSync(new URL(import.meta.url), 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(`// ${marker}`)) + 1

  it('names the operation, the shapes and the line of the call', () => {
    const error = thrown(() => matmul(zeros([2, 3]), zeros([4, 5]))) // the eager call
    expect(error._tag).toBe('ShapeMisfit')
    expect(error.op).toBe('matmul')
    expect(error.message).toMatch(/2, 3.*4, 5/)
    expect(error.site).toMatch(/misuse\.test\.ts:\d+:\d+$/)
    expect(error.site).toContain(`:${String(lineOf('the eager call'))}:`)
    expect(error.message).toContain(error.site!)
  })

  it('does so inside transformations, where the operation was called', () => {
    const error = thrown(() =>
      grad((y: Tensor) =>
        vmap((row: Tensor) =>
          add(row, zeros([7])) // the traced call
        )(y)
      )(zeros([2, 3]))
    ) // prettier-ignore
    expect(error.op).toBe('add')
    expect(error.site).toContain(`misuse.test.ts:${String(lineOf('the traced call'))}:`)
  })

  it('has a name of its own, and its parts', () => {
    const error = thrown(() => fail('InvalidArgument', { op: 'f', expected: 'a', actual: 'b', hint: 'Do c' }))
    expect(error.name).toBe('SaddlepointError')
    expect(error.message.split('\n')[0]).toBe('InvalidArgument in f: expected a; got b. Do c.')
    expect(error).toMatchObject({ op: 'f', expected: 'a', actual: 'b', hint: 'Do c' })
  })

  it('leaves nothing behind: the next call is eager again', () => {
    thrown(() => grad((y: Tensor) => add(y, zeros([7])))(x))
    expect([...add(x, 1).data]).toEqual([2, 3, 4])
    expect([...grad((y: Tensor) => sum(y))(x).data]).toEqual([1, 1, 1])
  })
})

describe('what may be differentiated', () => {
  it('has a scalar result', () => {
    const error = thrown(() => grad((y: Tensor) => mul(y, 2))(x))
    expect(error).toMatchObject({ _tag: 'ShapeMisfit', op: 'grad', actual: 'float32[3]' })
    expect(error.hint).toContain('jacrev')
    expect(thrown(() => valueAndGrad((y: Tensor) => mul(y, 2))(x))).toMatchObject({ op: 'valueAndGrad' })
    const counting = untyped<Tensor>(grad((_: Tensor) => tensor(new Int32Array([3]), [])))
    expect(thrown(() => counting(x))).toMatchObject({ _tag: 'ShapeMisfit', actual: 'int32[]' })
  })

  it('has one result, or with hasAux a pair', () => {
    const pair = untyped<Tensor>(grad(untyped<Tensor>((y: Tensor) => [sum(y), y])))
    expect(thrown(() => pair(x))).toMatchObject({ _tag: 'InvalidTree', op: 'grad' })
    expect(thrown(() => pair(x)).hint).toContain('hasAux')
    for (const result of [sum, (y: Tensor) => [sum(y)], (y: Tensor) => [[sum(y)], y], (y: Tensor) => [sum(y), y, y]]) {
      const f = grad(untyped<[Tensor, Tensor]>(result), { hasAux: true })
      expect(thrown(() => f(x))).toMatchObject({ _tag: 'InvalidTree', expected: 'a function that returns [loss, aux]' })
    }
    expect(thrown(() => grad(untyped<Tensor>(() => undefined))(x))._tag).toBe('InvalidTree')
  })

  it('is no integer; the message says which leaf', () => {
    const f = (_: Tensor, p: { readonly n: Tensor; readonly w: Tensor }): Tensor => sum(p.w)
    const error = thrown(() => grad(f, { argnums: 1 })(x, { n: tensor(new Int32Array([1, 2])), w: x }))
    expect(error).toMatchObject({ _tag: 'DTypeMisfit', actual: 'int32[2] at [1].n of the arguments' })
    expect(thrown(() => grad((y: Tensor) => sum(y))(tensor([true])))._tag).toBe('DTypeMisfit')
  })

  it.each([[3], [[0, 2]], [[0, 0]]])('is among the arguments: argnums %j', (argnums) => {
    const f = grad((a: Tensor, b: Tensor) => sum(mul(a, b)), { argnums })
    const error = thrown(() => f(x, x))
    expect(error).toMatchObject({
      _tag: 'InvalidArgument',
      expected: 'argnums among the 2 arguments, counted from 0, each once'
    })
  })

  it.each([[-1], [0.5], ['0'], [[0.5]], [null]])('is a number or a list of numbers: argnums %j', (argnums) => {
    for (const make of [grad, valueAndGrad, jacfwd, jacrev, hessian])
      expect(thrown(() => untyped(make)(sum, { argnums }))).toMatchObject({
        _tag: 'InvalidArgument',
        op: make.name,
        expected: 'the number of an argument, counted from 0, or a list of such numbers as argnums'
      })
  })
})

describe('names', () => {
  const later = untyped<Tensor>(async (y: Tensor) => Promise.resolve(y))
  const none = new Date()
  /** Each transformation of a function at an argument. */
  const transformations: readonly (readonly [string, (f: (y: Tensor) => Tensor, y: unknown) => unknown])[] = [
    ['grad', (f, y) => untyped(grad(f))(y)],
    ['valueAndGrad', (f, y) => untyped(valueAndGrad(f))(y)],
    ['jvp', (f, y) => untyped(jvp)(f, [y], [y])],
    ['vjp', (f, y) => untyped(vjp)(f, y)],
    ['linearize', (f, y) => untyped(linearize)(f, y)],
    ['vmap', (f, y) => untyped(vmap(f))(y)],
    ['checkpoint', (f, y) => untyped(checkpoint(f))(y)]
  ]
  it.each(transformations)('%s is named where its function returns a promise, or no tensors', (op, run) => {
    expect(thrown(() => run(later, x))).toMatchObject({ _tag: 'AsyncTrace', op })
    expect(
      thrown(() =>
        run(
          untyped(() => none),
          x
        )
      )
    ).toMatchObject({ _tag: 'InvalidTree', op })
  })

  it.each(transformations)('%s is named where an argument inside a trace is none', (op, run) => {
    const inside = (): unknown => grad((y: Tensor) => (run(sum, none), sum(y)))(x)
    expect(thrown(inside)).toMatchObject({ _tag: 'InvalidTree', op })
  })

  it('of rules and of tangents are those of what was called', () => {
    expect(thrown(() => untyped(jvp)(sum, [x], [zeros([2])]))).toMatchObject({ _tag: 'ShapeMisfit', op: 'jvp' })
    expect(thrown(() => untyped(linearize(sum, x)[1])(zeros([2])))).toMatchObject({ op: 'linearize' })
    expect(thrown(() => untyped(vjp(sum, x)[1])(zeros([2])))).toMatchObject({ op: 'vjp' })
    const reverse = customVjp(
      (y: Tensor) => y,
      (_, ct) => [ct]
    )
    expect(thrown(() => jvp(reverse, [x], [x]))).toMatchObject({ _tag: 'NotForward', op: 'jvp' })
    expect(thrown(() => vmap(sum, { outAxes: [0] })(zeros([2, 2])))).toMatchObject({ _tag: 'InvalidTree', op: 'vmap' })
    expect(thrown(() => vmap(sum, { outAxes: [0] })(zeros([2, 2]))).expected).toMatch(/^outAxes/)
    expect(thrown(() => vmap(sum, { inAxes: [[0]] })(zeros([2, 2]))).expected).toMatch(/^inAxes/)
  })
})

describe('what a transformation is given', () => {
  const y = zeros([2, 2])
  it.each<readonly [string, () => unknown, RegExp]>([
    [
      'jvp of bare tensors',
      () => untyped(jvp)(sum, x, x),
      /a list as primals.*; got a tensor float32\[3\]. Write jvp\(f, \[x\], \[dx\]\)/
    ],
    ['jvp of one list', () => untyped(jvp)(sum, [x]), /a list as tangents.*; got undefined/],
    ['argnum', () => untyped(grad)(sum, { argnum: 1 }), /in grad.*got argnum. Did you mean argnums\?/],
    ['hasaux', () => untyped(jacrev)(sum, { hasaux: true }), /in jacrev.*Did you mean hasAux\?/],
    [
      'axes for options',
      () => untyped(vmap)(sum, [0, null]),
      /in vmap.*got \[0, null\]. Write { inAxes: \[0, null\] }/
    ],
    ['inaxes', () => untyped(vmap)(sum, { inaxes: 0 }), /Did you mean inAxes\?/],
    ['a number for options', () => untyped(compile)(sum, 3), /in compile: expected a record of options/],
    ['a numbered engine', () => untyped(compile)(sum, { engine: 5 }), /an engine as engine; got 5/],
    [
      'a precision',
      () => untyped(evaluate)(sum, { precision: 'float16' }),
      /one of 'float32', 'float64' as precision|precision; got "float16"/
    ],
    ['no function', () => untyped(grad)(x), /in grad: expected a function; got a tensor/],
    ['the result of a function', () => untyped(vmap)(sum(x)), /in vmap: expected a function/],
    [
      'no rule',
      () => untyped(customJvp)(sum),
      /in customJvp: expected a rule\(primals, tangents, result\); got undefined/
    ],
    ['a vector too many', () => untyped(hvp(sum))(x, x, x), /in hvp: expected no further argument/],
    [
      'one argument too many',
      () => untyped(compile)(sum, {}, 'wasm'),
      /in compile: expected no further argument; got "wasm"/
    ],
    [
      'a static argument that is none',
      () => untyped(checkpoint(sum, { staticArgnums: 2 }))(y),
      /staticArgnums among the 1 arguments/
    ]
  ])('is refused by name: %s', (_, run, text) => {
    // prettier-ignore
    expect(thrown(run).message).toMatch(text)
  })
})

describe('axes of vmap', () => {
  it.each<readonly [unknown, unknown, RegExp]>([
    [[[0, 0]], x, /axes for 0, 1 but one value at \[0\]/],
    [[{ a: 0 }], x, /axes for a but one value/],
    [[{ a: 0 }], 3, /axes for a but one value/],
    [[{ a: 0 }], null, /axes for a but one value/],
    [[{ a: 0 }], [x], /an array beside a record/],
    [[[0]], { a: x }, /an array beside a record/],
    [[{ a: 0 }], { a: x, b: x }, /axes for a but values a, b/],
    [[{ c: 0 }], { a: x }, /axes for c but values a/],
    [[{}], { a: x }, /axes for nothing but values a/]
  ])('%j are refused for another tree', (inAxes, value, actual) => {
    const f = untyped(vmap(untyped<Tensor>(() => x) as (y: Tensor) => Tensor, { inAxes: inAxes as number[] }))
    const error = thrown(() => f(value))
    expect(error).toMatchObject({ _tag: 'InvalidTree', op: 'vmap' })
    expect(error.actual).toMatch(actual)
  })
})

describe('a result for hasAux', () => {
  it.each<readonly [string, (y: Tensor) => unknown]>([
    ['a tensor', (y) => y],
    ['a record', (y) => ({ y, aux: y })],
    ['nothing', () => []],
    ['one', (y) => [y]],
    ['three', (y) => [y, y, y]]
  ])('is a pair: %s is refused', (_, f) => {
    const g = untyped<[Tensor, Tensor]>(f)
    for (const [op, run] of [
      ['jvp', () => jvp(g, [x], [x], { hasAux: true })],
      ['vjpWith', () => vjpWith({ hasAux: true })(g, x)],
      ['linearizeWith', () => linearizeWith({ hasAux: true })(g, x)]
    ] as const)
      expect(thrown(run)).toMatchObject({
        _tag: 'InvalidTree',
        op,
        expected: 'a function that returns [y, aux], for hasAux'
      })
    expect(thrown(() => grad(g, { hasAux: true })(x))).toMatchObject({ _tag: 'InvalidTree', op: 'grad' })
  })
})

describe('trees', () => {
  it('hold tensors, numbers, records and arrays; the message has the path of anything else', () => {
    const f = untyped<Tensor>(grad(untyped<Tensor>(() => tensor(1))))
    expect(thrown(() => f({ layers: [{ w: x, name: 'dense' }] }))).toMatchObject({
      _tag: 'InvalidTree',
      actual: 'a string at [0].layers[0].name'
    })
    expect(thrown(() => f(new Map())).actual).toBe('an instance of a class at [0]')
    const promised = thrown(() => f({ w: Promise.resolve(x) }))
    expect(promised).toMatchObject({ actual: 'a promise at [0].w', hint: 'Await it first' })
    const bare = thrown(() => f([new Float32Array(2)]))
    expect(bare).toMatchObject({ actual: 'a typed array at [0][0]', hint: 'Write tensor(data, shape)' })
    expect(thrown(() => grad(untyped<Tensor>(() => ({ loss: 'x' })))(x)).actual).toBe('a string at loss')
    expect(thrown(() => grad(untyped<Tensor>(() => true))(x)).actual).toBe('a boolean at the root')
  })

  it('of tangents are like those of primals', () => {
    const f = (p: { readonly a: Tensor; readonly b: Tensor }): Tensor => add(p.a, p.b)
    const push = (tangent: unknown): unknown => untyped(jvp)(f, [{ a: x, b: x }], [tangent])
    expect(thrown(() => push([x, x]))).toMatchObject({
      _tag: 'InvalidTree',
      expected: 'tangents in a tree like the primals, [{"a":*,"b":*}]',
      actual: '[[*,*]]'
    })
    expect(thrown(() => push({ a: x, b: zeros([2]) }))).toMatchObject({
      _tag: 'ShapeMisfit',
      expected: 'tangents shaped like the primals, float32[3] at [0].b',
      actual: 'float32[2]'
    })
    expect(thrown(() => push({ a: x, b: tensor(new Int32Array(3)) })).actual).toBe('int32[3]')
    expect(thrown(() => linearize(f, { a: x, b: x })[1]({ a: x, b: zeros([1]) }))._tag).toBe('ShapeMisfit')
    expect(thrown(() => hvp((y: Tensor) => sum(y))(x, zeros([2])))._tag).toBe('ShapeMisfit')
    expect(thrown(() => hvp(((y: Tensor) => [sum(y)]) as never)(x, x))).toMatchObject({ actual: 'a tree' })
  })

  it('of cotangents are like those of results', () => {
    const [, pullback] = vjp((y: Tensor) => ({ y: mul(y, 2), z: sum(y) }), x)
    expect(thrown(() => pullback({ y: x, z: x }))).toMatchObject({
      _tag: 'ShapeMisfit',
      expected: 'a cotangent shaped like the result, float32[] at z'
    })
    expect(thrown(() => untyped(pullback)({ y: x }))._tag).toBe('InvalidTree')
    expect([...pullback({ y: x, z: tensor(1) })[0].data]).toEqual([3, 5, 7])
  })
})

describe('asynchrony', () => {
  it('cannot be traced', async () => {
    const later = untyped<Tensor>(async (y: Tensor) => {
      await Promise.resolve()
      return sum(y)
    })
    expect(thrown(() => grad(later)(x))).toMatchObject({ _tag: 'AsyncTrace', op: 'grad' })
    expect((await rejected(compile(later, { engine: 'reference' })(x))).message).toContain('await data first')
  })

  it('leaves no rejection unheard', async () => {
    const unheard: unknown[] = []
    const hear = (cause: unknown): void => void unheard.push(cause)
    process.on('unhandledRejection', hear)
    const later = untyped<Tensor>(async () => {
      await Promise.resolve()
      throw new Error('later')
    })
    thrown(() => grad(later)(x))
    const compiled = untyped<Tensor>(compile((y: Tensor) => y, { engine: 'reference' }))
    thrown(() => grad(compiled)(x))
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })
})

describe('a compiled function', () => {
  const compiled = compile((y: Tensor) => sum(mul(y, y)), { engine: 'reference' })

  it('is outermost: called inside a trace it throws NestedCompile at once', async () => {
    for (const run of [
      () => grad(untyped<Tensor>(compiled))(x),
      () => vmap(untyped<Tensor>(compiled))(x),
      () => jvp(untyped<Tensor>(compiled), [x], [x]),
      () => evaluate(untyped<Tensor>(compiled))(x)
    ])
      expect(thrown(run)).toMatchObject({ _tag: 'NestedCompile', op: 'compile' })
    const nested = compile(untyped<Tensor>(compiled), { engine: 'reference' })
    expect((await rejected(nested(x)))._tag).toBe('NestedCompile')
    expect((await compiled(x)).data[0]).toBe(14)
  })
})

describe('customVjp in forward mode', () => {
  const f = customVjp(
    (y: Tensor) => mul(y, y),
    ([y], ct) => [mul(mul(ct, y), 2)]
  )
  it.each<readonly [string, () => unknown]>([
    ['jvp', () => jvp(f, [x], [x])],
    ['linearize, when pushed', () => linearize(f, x)[1](x)],
    ['linearize in a trace', () => evaluate((y: Tensor) => linearize(f, y)[0])(x)],
    ['jacfwd', () => jacfwd(f)(x)],
    ['hvp', () => hvp((y: Tensor) => sum(mul(y, f(y))))(x, x)],
    ['hessian', () => hessian((y: Tensor) => sum(mul(y, f(y))))(x)],
    ['jvp inside grad', () => grad((y: Tensor) => sum(jvp(f, [y], [x])[1]))(x)],
    ['jvp of vmap', () => jvp(vmap(f), [x], [x])],
    ['vmap of jvp', () => vmap((y: Tensor) => jvp(f, [y], [tensor(1)])[1])(x)]
  ])('%s throws NotForward', (_, run) => {
    const error = thrown(run)
    expect(error._tag).toBe('NotForward')
    expect(error.hint).toContain('customJvp')
  })

  it('is no matter where no tangent reaches it', () => {
    // Its reverse rule is differentiated as it is written.
    expect([...hvp((y: Tensor) => sum(f(y)))(x, x).data]).toEqual([2, 4, 6])
    expect([...jvp((y: Tensor) => mul(y, f(tensor([1, 1, 2]))), [x], [x])[1].data]).toEqual([1, 2, 12])
  })
})

describe('rules of custom functions', () => {
  const square = (y: Tensor): Tensor => mul(y, y)
  it('give trees like what they stand for', () => {
    const wrongTangent = customJvp(square, () => zeros([2]))
    expect(thrown(() => grad((y: Tensor) => sum(wrongTangent(y)))(x))).toMatchObject({
      _tag: 'ShapeMisfit',
      op: 'customJvp',
      expected: 'a tangent shaped like the result, float32[3] at the root'
    })
    const tooFew = customVjp(
      square,
      untyped<[Tensor]>(() => [])
    )
    expect(thrown(() => grad((y: Tensor) => sum(tooFew(y)))(x))).toMatchObject({
      _tag: 'InvalidTree',
      op: 'customVjp',
      expected: 'cotangents in a tree like the arguments, [*]'
    })
    const wrongShape = customVjp(square, (_, ct) => [sum(ct)])
    expect(thrown(() => grad((y: Tensor) => sum(wrongShape(y)))(x))._tag).toBe('ShapeMisfit')
  })

  it('are linear in tangents', () => {
    const quadratic = customJvp(square, (_, [dy]) => mul(dy, dy))
    expect(thrown(() => grad((y: Tensor) => sum(quadratic(y)))(x))).toMatchObject({ _tag: 'NotLinear', op: 'mul' })
  })

  it('do not close over what is differentiated', () => {
    const f = (w: Tensor): Tensor =>
      sum(
        customJvp(
          (y: Tensor) => mul(y, w),
          (_, [dy]) => mul(dy, w)
        )(x)
      )
    const g = (w: Tensor): Tensor =>
      sum(
        customVjp(
          (y: Tensor) => mul(y, w),
          (_, ct) => [mul(ct, w)]
        )(x)
      )
    for (const run of [() => grad(f)(x), () => jvp(f, [x], [x]), () => grad(g)(x)]) {
      const error = thrown(run)
      expect(error._tag).toBe('NotSupported')
      expect(error.message).toContain('Pass that value as an argument')
    }
  })
})

it('what a primitive does not take is refused in transformed functions that are computed at once', () => {
  const f = (y: Tensor): Tensor => sum(cholesky(y))
  for (const run of [() => grad(f)(tensor([1, 2, 2, 1], [2, 2])), () => evaluate(f)(tensor([1, 2, 2, 1], [2, 2]))]) {
    expect(thrown(run)).toMatchObject({ _tag: 'InvalidArgument', op: 'cholesky' })
    expect(thrown(run).message).toContain('positive definite')
  }
})
