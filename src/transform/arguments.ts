/**
 * Arguments of a function that is transformed: trees of tensors and numbers. What a parameter's type says survives; one
 * without a type is `any`, so that short functions need none.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- with unknown, `grad((x) => sum(x))` would ask for a type
export type Arguments = readonly any[]

/** The type A, which other arguments decide: as NoInfer<A>, which TypeScript has from 5.4 on. */
export type Given<A> = [A][A extends unknown ? 0 : never]
