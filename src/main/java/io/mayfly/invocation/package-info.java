/** What an invocation is: its id, when it arrived, its headers, and whether it came through the function URL. */
@NullMarked
package io.mayfly.invocation;

import org.jspecify.annotations.NullMarked;
