import type { Lowering } from '../nest/nest.ts'
import type { Data } from '../tensor/dtype.ts'
import { range } from '../tensor/shape.ts'
import type { Strided } from '../tensor/strided.ts'
import type { Aval, Tensor } from '../tensor/tensor.ts'
import type { Tangent } from './tangent.ts'
import type { Vocabulary } from './vocabulary.ts'

/** Static attributes of a node; plain JSON, since equal nodes are found by their text. */
export type Params = Readonly<Record<string, unknown>>

/** Plain loops over typed arrays, made once per node and run many times. `output` comes with any content. */
export type Evaluation = (inputs: readonly Data[], output: Data) => void

/**
 * Which operands the result is linear in: `jointly`, f(a + b) = f(a) + f(b) over all of them at once (add, concat,
 * select's branches), or `separately`, in each while the others are held (mul, dotGeneral, convolution).
 * From this follow the jvp of linear primitives and what becomes of a Zero.
 */
export type Linearity =
  'none' | { readonly in: readonly number[]; readonly how: 'jointly' | 'separately' } | 'jointly in all'

const none: readonly number[] = []
const few = range(4).map(range)

const indicesOf = (linearity: Linearity, count: number): readonly number[] =>
  linearity === 'none' ? none : linearity === 'jointly in all' ? (few[count] ?? range(count)) : linearity.in

/**
 * The rule of a primitive whose result is its operand's own elements in other places, repeated or left out. Given where
 * the operand's elements lie in a buffer, returns where those of the result lie there. A stride is 0 where an axis
 * repeats, negative where it runs backwards.
 */
export type View<P extends Params = Params> = (operand: Aval, place: Strided, result: Aval, params: P) => Strided

/**
 * One operation with all its rules side by side. Rules are written in the vocabulary of primitives they are given, so
 * they differentiate again, to any order.
 */
export interface Primitive<P extends Params = Params> {
  readonly name: string
  /** Shape and dtype of the result; fails with ShapeMisfit or DTypeMisfit. */
  readonly shape: (operands: readonly Aval[], params: P) => Aval
  readonly evaluate: (operands: readonly Aval[], result: Aval, params: P) => Evaluation
  /**
   * What it takes, in words, where numbers alone decide: for others the result holds NaN or infinities. Outside of traces
   * such a result is refused, with these words; in a program it is a number like any other.
   */
  readonly expects?: string
  /** Or jointly in operands that the parameters tell. */
  readonly linearity: Linearity | ((params: P) => Linearity)
  /** Tangent of the result. Absent where linearity says it all: 'none' without a jvp is a derivative of zero. */
  readonly jvp?: (
    o: Vocabulary,
    operands: readonly Tensor[],
    tangents: readonly Tangent[],
    result: Tensor,
    params: P
  ) => Tangent
  /** Cotangent of operand `index`, one that the result is linear in; of linear operands only shape and dtype may be used. */
  readonly transpose?: (
    o: Vocabulary,
    cotangent: Tensor,
    index: number,
    operands: readonly Tensor[],
    params: P
  ) => Tangent
  /** The primitive over a new leading axis of extent `size`, which the operands marked in `batched` have; the result has it too. */
  readonly batch: (
    o: Vocabulary,
    operands: readonly Tensor[],
    batched: readonly boolean[],
    params: P,
    size: number
  ) => Tensor
  readonly lower: (operands: readonly Aval[], result: Aval, params: P) => Lowering
  /** An equal, simpler value, in which no derivative is lost; undefined where there is none. */
  readonly simplify?: (o: Vocabulary, operands: readonly Tensor[], params: P) => Tensor | undefined
  /** Operands through which tangents flow, where not all of them. */
  readonly tangentsThrough?: (operandCount: number, params: P) => readonly number[]
  /**
   * Operands and result have one shape, and the result at a point depends on the operands at that point alone: the shape
   * rule takes any one shape, and the lowering is a body that loads each operand at the point itself.
   */
  readonly elementwise?: true
  readonly view?: View<P>
  /**
   * The result is operand 0. An identity that is `erased` only steers differentiation: the compiler replaces it by its
   * operand. One that is `kept` holds two computations of one value apart until the end.
   */
  readonly identity?: 'erased' | 'kept'
  /** Stands for a tangent that no forward rule gives; it can be transposed, but not computed. */
  readonly reverseOnly?: true
}

/** A primitive with the type of its parameters forgotten, as walkers over programs and the registry hold it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- parameters are invariant; the registry keeps each record's own type
export type AnyPrimitive = Primitive<any>

export const linearOperands = ({ linearity }: AnyPrimitive, count: number, params: Params): readonly number[] =>
  indicesOf(typeof linearity === 'function' ? linearity(params) : linearity, count)
export const isSeparatelyLinear = (primitive: AnyPrimitive): boolean =>
  typeof primitive.linearity === 'object' && primitive.linearity.how === 'separately'
