/**
 * Feature shapes in types, as far as that is cheap: literal extents are compared, `number` fits everything, and sizes of
 * images are left to run time. `unknown` stands for any features at all.
 */

/** Output of a layer whose output is shaped like its input. */
export interface Same {
  readonly same: true
}

/** Output of a layer on images [C, H, W] that keeps the channels. */
export interface SameChannels {
  readonly sameChannels: true
}

/** What the compiler shows in place of a layer that does not suit the one before it. */
export interface Unfit<Text extends string> {
  readonly unfit: Text
}

interface Typed<In, Out> {
  readonly types?: readonly [In, Out]
}

type FitsExtent<A, B> = number extends A ? true : number extends B ? true : A extends B ? true : false

/** Whether features X suit a layer that takes I. */
export type Fits<X, I> = X extends readonly [infer A, ...infer Xs]
  ? I extends readonly [infer B, ...infer Is]
    ? FitsExtent<A, B> extends true
      ? Fits<Xs, Is>
      : false
    : I extends readonly []
      ? false
      : true
  : X extends readonly []
    ? I extends readonly [unknown, ...unknown[]]
      ? false
      : true
    : true

/** Output on features X of a layer with output Out. */
type OutputOn<X, Out> = Out extends Same
  ? X
  : Out extends SameChannels
    ? X extends readonly [infer C, ...unknown[]]
      ? readonly [C, number, number]
      : unknown
    : Out

type DrawExtent<A> = number extends A ? '?' : A extends number ? `${A}` : '?'
type DrawExtents<X> = X extends readonly [infer A, ...infer Rest]
  ? Rest extends readonly []
    ? DrawExtent<A>
    : Rest extends readonly [unknown, ...unknown[]]
      ? `${DrawExtent<A>}, ${DrawExtents<Rest>}`
      : `${DrawExtent<A>}, ...`
  : ''
type Draw<X> = X extends readonly unknown[] ? `[${DrawExtents<X>}]` : 'anything'

/** Layers as they may follow each other; the first one that does not suit is replaced by an Unfit. X is what reaches it. */
export type Checked<Layers, X = Same, Done extends readonly unknown[] = readonly []> = Layers extends readonly [
  Typed<infer In, infer Out>,
  ...infer Rest
]
  ? X extends Same
    ? Checked<Rest, OutputOn<unknown extends In ? Same : In, Out>, readonly [...Done, Layers[0]]>
    : Fits<X, In> extends true
      ? Checked<Rest, OutputOn<X, Out>, readonly [...Done, Layers[0]]>
      : readonly [...Done, Unfit<`takes ${Draw<In>}, is given ${Draw<X>}`>, ...Rest]
  : readonly [...Done, ...(Layers extends readonly unknown[] ? Layers : [])]

/** What the first layers that do not just keep shapes take. */
export type InputOf<Layers> = Layers extends readonly [Typed<infer In, infer Out>, ...infer Rest]
  ? unknown extends In
    ? Out extends Same
      ? InputOf<Rest>
      : unknown
    : In
  : unknown

/** What comes out at the end. */
export type OutputOf<Layers, X = Same> = Layers extends readonly [Typed<infer In, infer Out>, ...infer Rest]
  ? OutputOf<Rest, OutputOn<X extends Same ? (unknown extends In ? Same : In) : X, Out>>
  : Layers extends readonly []
    ? X
    : unknown
