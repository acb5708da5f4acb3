/** Primitives whose result at a point depends on their operands at that point alone. */
export const elementwise: ReadonlySet<string> = new Set([
  'neg', 'exp', 'log', 'log1p', 'expm1', 'sin', 'cos', 'tanh', 'logistic', 'softplus', 'erf', 'sqrt', 'abs', 'sign', 'floor',
  'add', 'sub', 'mul', 'div', 'pow', 'max', 'min', 'compare', 'select', 'convert', 'threefry', 'bitsToUnit'
]) // prettier-ignore
