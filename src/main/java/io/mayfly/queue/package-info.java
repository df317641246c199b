/** Jobs whose launch EC2 throttles: handed over to a queue, and launched for together some seconds later. */
@NullMarked
package io.mayfly.queue;

import org.jspecify.annotations.NullMarked;
