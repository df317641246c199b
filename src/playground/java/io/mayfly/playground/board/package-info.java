/** What the page shows: jobs and their steps, requests and answers, what happened beside them. */
@NullMarked
package io.mayfly.playground.board;

import org.jspecify.annotations.NullMarked;
