/** The namespace `Init`: first values of parameters. */
export type { Fans, Initializer, NamedInitializer } from './initializer.ts'
export {
  constant,
  fanInUniform,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  normal,
  ones,
  uniform,
  zeros
} from './initializer.ts'
export { orthogonal } from './orthogonal.ts'
