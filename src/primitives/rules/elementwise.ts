import type { Scalar } from '../../nest/expression.ts'
import { axis, load, unary } from '../../nest/expression.ts'
import type { UnaryName } from '../../nest/functions.ts'
import { unaryFunctions } from '../../nest/functions.ts'
import type { DType } from '../../tensor/dtype.ts'
import { fail } from '../../tensor/error.ts'
import { equalShapes } from '../../tensor/shape.ts'
import type { Aval, Tensor } from '../../tensor/tensor.ts'
import { call } from '../../program/call.ts'
import type { Evaluation, Params, Primitive } from '../../program/primitive.ts'
import type { Vocabulary } from '../../program/vocabulary.ts'
import { showAval } from '../../tensor/tensor.ts'
import { fold } from './fold.ts'

/** What every elementwise primitive shares: equal shapes in and out, batching for free, a loop nest with one scalar body. */

/** Returns the shape rule for operands of one shape and of dtypes that `accepts`, the first of which gives the result's unless `dtype` does. */
export const elementwiseShape =
  (op: string, dtypes: readonly DType[], dtype?: DType) =>
  (operands: readonly Aval[]): Aval => {
    const first = operands[0]!
    if (!operands.every((x) => equalShapes(x.shape, first.shape)))
      fail('ShapeMisfit', { op, expected: 'operands of one shape', actual: operands.map(showAval).join(' and ') })
    if (!operands.every((x) => x.dtype === first.dtype && dtypes.includes(x.dtype)))
      fail('DTypeMisfit', {
        op,
        expected: `operands of one dtype, ${dtypes.join(' or ')}`,
        actual: operands.map(showAval).join(' and ')
      })
    return { shape: first.shape, dtype: dtype ?? first.dtype }
  }

/** Repeats an unbatched operand along a new leading axis. */
export const spread = (o: Vocabulary, x: Tensor, batched: boolean, size: number): Tensor =>
  batched
    ? x
    : o.broadcastInDim(
        x,
        [size, ...x.shape],
        x.shape.map((_, i) => i + 1)
      )

/** Loads the element of an operand at the point of the domain itself. */
export const here = (operand: number, of: Aval): Scalar =>
  load(
    operand,
    of.shape.map((_, i) => axis(i)),
    of.dtype
  )

type Shared = 'batch' | 'lower' | 'elementwise'

/** Completes an elementwise primitive: `scalar` is its body in terms of the operands' elements. */
export const elementwise = <P extends Params>(
  rules: Omit<Primitive<P>, Shared> & { readonly scalar: (operands: readonly Scalar[], params: P) => Scalar }
): Primitive<P> => {
  const { scalar, ...rest } = rules
  const primitive: Primitive<P> = {
    ...rest,
    elementwise: true,
    batch: (o, operands, batched, params, size) =>
      call(
        primitive,
        params,
        operands.map((x, i) => spread(o, x, batched[i]!, size))
      ),
    lower: (operands, result, params) => ({
      kind: 'nest',
      domain: result.shape,
      dtype: result.dtype,
      body: scalar(
        operands.map((x, i) => here(i, x)),
        params
      )
    })
  }
  return primitive
}

/** Completes the primitive of the function of that name of one number, over float32 unless `dtypes` says more. */
export const elementwiseFunction = (
  name: UnaryName,
  rules: Partial<Omit<Primitive, Shared | 'name' | 'shape' | 'evaluate'>> & {
    readonly dtypes?: readonly DType[]
    readonly evaluate: Evaluation
  }
): Primitive => {
  const { dtypes = ['float32'], evaluate, ...rest } = rules
  return elementwise({
    name,
    shape: elementwiseShape(name, dtypes),
    linearity: 'none',
    simplify: (o, xs) => fold(o, xs, unaryFunctions[name]),
    ...rest,
    evaluate: () => evaluate,
    scalar: ([x]) => unary(name, x!)
  })
}
