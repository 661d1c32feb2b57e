/** What a gateway that is asked little may send again at once. */
const RESERVE = 3;
/** And one that has been well for long. */
const MOST = 20;
/** Just below a fifth, so that from five hundred calls on the reserve is within the fifth as well. */
const A_CALL = 0.194;

/**
 * Lets calls go again, a fifth of all at the most: what fails because it is asked too much must not be asked more (the retry
 * budgets of Finagle and Envoy, at their 20 %).
 */
export class RetryBudget {
  #balance = RESERVE;

  /** A call goes out for the first time. */
  earn(): void {
    this.#balance = Math.min(MOST, this.#balance + A_CALL);
  }

  /** @returns whether one may go again: it is taken for sent */
  spend(): boolean {
    if (this.#balance < 1) return false;
    this.#balance -= 1;
    return true;
  }
}
