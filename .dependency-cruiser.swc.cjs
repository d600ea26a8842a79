// TypeScript 7 has no JavaScript API, so dependency-cruiser reads TypeScript with swc. Two things it then lacks:
const { Visitor } = require('@swc/core/Visitor.js');

/** swc parses `using` declarations, but the walker that comes with it throws at them. */
function acceptUsing() {
  const visitStatement = Visitor.prototype.visitStatement;
  Visitor.prototype.visitStatement = function (statement) {
    if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
    statement.decls = this.visitVariableDeclarators(statement.decls);
    return statement;
  };
}

/** With swc, dependency-cruiser does not tell type imports from others. */
function dropTypes() {
  const visitModuleItem = Visitor.prototype.visitModuleItem;
  Visitor.prototype.visitModuleItem = function (item) {
    return item.typeOnly ? item : visitModuleItem.call(this, item);
  };
}

const OPTIONS = {
  parser: 'swc',
  doNotFollow: { path: 'node_modules' },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'node', 'default', 'types'],
    extensions: ['.ts', '.js'],
  },
};

module.exports = { acceptUsing, dropTypes, OPTIONS };
