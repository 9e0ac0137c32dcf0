//! What the small models with hand-written gradients share: those of the labs on positions and on families of models.

pub(crate) mod adam;
pub(crate) mod heads;
pub(crate) mod layers;
