import { DatabaseSync, StatementSync } from 'node:sqlite';
import pg from 'pg';

/**
 * Loaded into a process before its program: kills it, as by kill -9, before a statement that begins so goes to its store, or
 * behind the commit of the transaction that has it. KILL_AT: `before INSERT INTO write `, `after UPDATE write SET state = ?`.
 * Once armed, where KILL_ARMED is `later`, by SIGUSR2; at the statement of that number, where KILL_NTH says one. AHEAD_MS moves
 * its time.
 */
const { KILL_AT = '', KILL_ARMED, KILL_NTH = '1', AHEAD_MS = '0' } = process.env;
const [, when, statement] = /^(before|after) (.+)$/.exec(KILL_AT) ?? [];

const now = Date.now;
Date.now = () => now() + Number(AHEAD_MS);

let left = KILL_ARMED === 'later' ? Number.POSITIVE_INFINITY : Number(KILL_NTH);
process.on('SIGUSR2', () => {
  left = Number(KILL_NTH);
});

const kill = () => process.kill(process.pid, 'SIGKILL');
/** The connections whose transaction has the statement. */
const armed = new WeakSet();

function look(connection, sql) {
  // On PostgreSQL, what is `?` in our SQL has a number.
  if (!statement || !sql.trimStart().replaceAll(/\$\d+/g, '?').startsWith(statement)) return;
  left -= 1;
  if (left > 0) return;
  if (when === 'before') kill();
  armed.add(connection);
}

/** Of which connection a statement is, and what it says. */
const prepared = new WeakMap();
const { prepare, exec } = DatabaseSync.prototype;
DatabaseSync.prototype.prepare = function (sql, ...rest) {
  const made = prepare.call(this, sql, ...rest);
  prepared.set(made, [this, sql]);
  return made;
};
const { all } = StatementSync.prototype;
StatementSync.prototype.all = function (...values) {
  look(...prepared.get(this));
  return all.apply(this, values);
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
