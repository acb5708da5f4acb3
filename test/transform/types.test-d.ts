import { describe, expectTypeOf, it } from 'vitest'
import { mul } from '../../src/ops/arithmetic.ts'
import { tensor } from '../../src/ops/creation.ts'
import { sum } from '../../src/ops/reduction.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { treeMap } from '../../src/tensor/tree.ts'
import { checkpoint } from '../../src/transform/checkpoint.ts'
import { compile } from '../../src/transform/compile.ts'
import { customJvp } from '../../src/transform/customJvp.ts'
import { customVjp } from '../../src/transform/customVjp.ts'
import { evaluate } from '../../src/transform/evaluate.ts'
import { grad, valueAndGrad } from '../../src/transform/grad.ts'
import { hvp } from '../../src/transform/hvp.ts'
import { hessian, jacfwd, jacrev } from '../../src/transform/jacobian.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { linearize } from '../../src/transform/linearize.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { vmap } from '../../src/transform/vmap.ts'

interface Dense {
  readonly w: Tensor
  readonly b?: Tensor
}
interface Params {
  readonly layers: readonly [Dense, Dense]
  readonly scale: Tensor
}
declare const params: Params
declare const x: Tensor
declare const loss: (p: Params, at: Tensor) => Tensor
declare const withAux: (p: Params, at: Tensor) => readonly [Tensor, { readonly scores: Tensor; readonly count: 3 }]

describe('types', () => {
  it('of parameters survive grad, interfaces and tuples included', () => {
    expectTypeOf(grad(loss)(params, x)).toEqualTypeOf<Params>()
    expectTypeOf(grad(loss, { argnums: 1 })(params, x)).toEqualTypeOf<Tensor>()
    expectTypeOf(grad(loss, { argnums: [0, 1] })(params, x)).toEqualTypeOf<readonly [Params, Tensor]>()
    expectTypeOf(grad(loss, { argnums: [1] })(params, x)).toEqualTypeOf<readonly [Tensor]>()
    expectTypeOf(valueAndGrad(loss)(params, x)).toEqualTypeOf<[Tensor, Params]>()
    expectTypeOf(treeMap((p) => mul(p, 2), params)).toEqualTypeOf<Params>()
    expectTypeOf(hvp((p: Params) => loss(p, x))(params, params)).toEqualTypeOf<Params>()
  })

  it('of aux survive', () => {
    interface Aux {
      readonly scores: Tensor
      readonly count: 3
    }
    expectTypeOf(grad(withAux, { hasAux: true })(params, x)).toEqualTypeOf<[Params, Aux]>()
    expectTypeOf(grad(withAux, { hasAux: true, argnums: 1 })(params, x)).toEqualTypeOf<[Tensor, Aux]>()
    expectTypeOf(valueAndGrad(withAux, { hasAux: true })(params, x)).toEqualTypeOf<[[Tensor, Aux], Params]>()
    // @ts-expect-error -- a pair needs hasAux
    grad(withAux)
    // @ts-expect-error -- hasAux needs a pair
    grad(loss, { hasAux: true })
  })

  it('of arguments and results survive the other transformations', () => {
    expectTypeOf(jvp(loss, [params, x], [params, x])).toEqualTypeOf<[Tensor, Tensor]>()
    expectTypeOf(vjp(loss, params, x)[1](x)).toEqualTypeOf<[p: Params, at: Tensor]>()
    expectTypeOf(linearize(loss, params, x)[1](params, x)).toEqualTypeOf<Tensor>()
    expectTypeOf(vmap(withAux, { inAxes: [null, 0] })(params, x)[1].scores).toEqualTypeOf<Tensor>()
    expectTypeOf(checkpoint(loss)).parameters.toEqualTypeOf<[p: Params, at: Tensor]>()
    expectTypeOf(evaluate(loss)(params, x)).toEqualTypeOf<Tensor>()
    expectTypeOf(compile(grad(loss))(params, x)).toEqualTypeOf<Promise<Params>>()
    expectTypeOf(customJvp(loss, ([, at], [, dAt]) => mul(at, dAt))(params, x)).toEqualTypeOf<Tensor>()
    expectTypeOf(customVjp(loss, ([p, at], ct) => [p, mul(at, ct)])(params, x)).toEqualTypeOf<Tensor>()
    // @ts-expect-error -- an argument is missing
    grad(loss)(params)
    // @ts-expect-error -- tangents are like primals
    jvp(loss, [params, x], [x, x])
    // @ts-expect-error -- a cotangent is missing
    customVjp(loss, ([p]) => [p])
  })

  it('of Jacobians nest results outside, arguments inside', () => {
    interface Out {
      readonly y: Tensor
      readonly z: readonly [Tensor]
    }
    const f = (p: Params, at: Tensor): Out => ({ y: mul(p.scale, at), z: [at] })
    expectTypeOf(jacrev(f)(params, x).y).toEqualTypeOf<Params>()
    expectTypeOf(jacfwd(f)(params, x).z[0].layers[1].w).toEqualTypeOf<Tensor>()
    expectTypeOf(jacfwd(f, { argnums: 1 })(params, x).z[0]).toEqualTypeOf<Tensor>()
    expectTypeOf(jacrev((at: Tensor) => at)(x)).toEqualTypeOf<Tensor>()
    expectTypeOf(hessian(loss)(params, x).layers[0].w.scale).toEqualTypeOf<Tensor>()
    expectTypeOf(hessian(loss, { argnums: 1 })(params, x)).toEqualTypeOf<Tensor>()
  })

  it('need not be written for short functions', () => {
    grad((a) => sum(mul(a, a)))(tensor([1]))
    grad((a, w) => sum(mul(a, w)), { argnums: [0, 1] })(tensor([1]), tensor([2]))
    grad(grad(grad((a) => mul(a, a))))(tensor(1))
    vmap((a, b) => mul(a, b))(tensor([1]), tensor([2]))
    vmap(grad((a, b) => mul(a, b)))(tensor([1]), tensor([2]))
    expectTypeOf(hvp((a) => sum(mul(a, a)))(x, x)).toEqualTypeOf<Tensor>()
    customJvp((a) => mul(a, 2), (_, [da]) => mul(da, 2))(tensor([1])) // prettier-ignore
    customVjp((a) => mul(a, 2), ([a], ct) => [mul(ct, a)])(tensor([1])) // prettier-ignore
  })

  it('of generic parameters survive', () => {
    const descend = <P>(p: P, f: (p: P) => Tensor): P => grad(f)(p)
    const wrapped = <P>(p: P, f: (p: P) => Tensor): P => grad((q: P) => f(q))(p)
    expectTypeOf(descend(params, (p) => p.scale)).toEqualTypeOf<Params>()
    expectTypeOf(wrapped(params, (p) => p.scale)).toEqualTypeOf<Params>()
  })
})
