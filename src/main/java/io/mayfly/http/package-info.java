/** HTTP/1.1 over connections that are kept, opened ahead of need, and cut at a time limit. */
@NullMarked
package io.mayfly.http;

import org.jspecify.annotations.NullMarked;
