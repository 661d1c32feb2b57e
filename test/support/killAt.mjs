import { DatabaseSync } from 'node:sqlite';

/**
 * Loaded into a process before its program: kills it, as by kill -9, at a statement to its embedded store that begins so, or
 * behind the commit of the transaction that has it. KILL_AT: `before INSERT INTO write `, `after UPDATE write`.
 */
const [, when, statement] = /^(before|after) (.+)$/.exec(process.env.KILL_AT ?? '') ?? [];

let isArmed = false;
const kill = () => process.kill(process.pid, 'SIGKILL');

const { prepare, exec } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function (sql, ...rest) {
  if (statement && sql.trimStart().startsWith(statement)) {
    if (when === 'before') kill();
    isArmed = true;
  }
  return prepare.call(this, sql, ...rest);
};
DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql);
  if (isArmed && sql === 'COMMIT') kill();
};
