/**
 * Arguments of a function that is transformed: trees of tensors and numbers. What a parameter's type says survives; one
 * without a type is `any`, so that short functions need none.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- with unknown, `grad((x) => sum(x))` would ask for a type
export type Arguments = readonly any[]
