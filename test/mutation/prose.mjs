import { PluginKind, declareValuePlugin } from '@stryker-mutator/api/plugin'

/** Fields of errors, issues and option rules that are sentences for a reader. */
const fields = ['expected', 'actual', 'hint']
/** Functions that make an issue of a tag (or spec), a path, and then such sentences. */
const makers = ['issue', 'flawed']

const isField = (node, parent) =>
  parent.type === 'ObjectProperty' && parent.value === node && fields.includes(parent.key.name)

const isSentence = (node, parent) =>
  parent.type === 'CallExpression' && makers.includes(parent.callee.name) && parent.arguments.indexOf(node) >= 2

/**
 * Leaves out literals that are the wording of a message: they are free to be reworded, and tests look at the words that
 * carry the facts. Tags, paths, names of operations and conditions are mutated as all else.
 */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'prose', {
    shouldIgnore: ({ node, parent }) =>
      (node.type === 'StringLiteral' || node.type === 'TemplateLiteral') &&
      parent !== null &&
      (isField(node, parent) || isSentence(node, parent))
        ? 'wording of a message'
        : undefined
  })
]
