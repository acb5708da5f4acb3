import type { Rewrite } from './rewrite.ts'

/**
 * Replaces identities that only steer differentiation by their operand, so that hash-consing finds equal the values that
 * they held apart. Identities that are `kept`, such as the mark of a checkpoint's second forward pass, stay.
 */
export const eraseIdentities: Rewrite = ({ primitive }, operands) =>
  primitive.identity === 'erased' ? operands[0] : undefined
