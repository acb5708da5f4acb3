import { PluginKind, declareValuePlugin } from '@stryker-mutator/api/plugin'

/** Fields of errors, issues and option rules that are sentences for a reader. */
const fields = ['expected', 'actual', 'hint']

/**
 * Leaves out literals that are the wording of a message: they are free to be reworded, and tests look at the words that
 * carry the facts. Tags, names of operations and conditions are mutated as all else.
 */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'prose', {
    shouldIgnore: ({ node, parent }) =>
      (node.type === 'StringLiteral' || node.type === 'TemplateLiteral') &&
      parent?.type === 'ObjectProperty' &&
      parent.value === node &&
      fields.includes(parent.key.name)
        ? 'wording of a message'
        : undefined
  })
]
