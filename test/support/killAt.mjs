import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';

/**
 * Loaded into a process before its program: kills it, as by kill -9, before a statement that begins so goes to its store, or
 * behind the commit of the transaction that has it. KILL_AT: `before INSERT INTO write `, `after UPDATE write SET state = ?`.
 */
const [, when, statement] = /^(before|after) (.+)$/.exec(process.env.KILL_AT ?? '') ?? [];

const kill = () => process.kill(process.pid, 'SIGKILL');
/** The connections whose transaction has the statement. */
const armed = new WeakSet();

function look(connection, sql) {
  // On PostgreSQL, what is `?` in our SQL has a number.
  if (!statement || !sql.trimStart().replaceAll(/\$\d+/g, '?').startsWith(statement)) return;
  if (when === 'before') kill();
  armed.add(connection);
}

const { prepare, exec } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function (sql, ...rest) {
  look(this, sql);
  return prepare.call(this, sql, ...rest);
};
DatabaseSync.prototype.exec = function (sql) {
  exec.call(this, sql);
  if (sql === 'COMMIT' && armed.has(this)) kill();
};

const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (config, ...rest) {
  const sql = config.text ?? config;
  look(this, sql);
  const answer = query.call(this, config, ...rest);
  return sql === 'COMMIT' && armed.has(this) ? answer.then(kill) : answer;
};
