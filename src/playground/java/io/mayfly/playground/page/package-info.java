/** The playground's page: its server, what it shows, and what can be done there. */
@NullMarked
package io.mayfly.playground.page;

import org.jspecify.annotations.NullMarked;
