/** What our shared code uses of the language that Node 20 does not have yet. Must be imported first. */
import "core-js/actual/promise/with-resolvers";
import "core-js/actual/async-disposable-stack";
import "core-js/actual/disposable-stack";
