import { view } from '../../core/builders.ts';
import { dimProduct } from '../gold/dim-product.ts';
import { dimProductCategory } from '../gold/dim-product-category.ts';

export const productFlat = view({
  name: 'product_flat',
  description: 'Products with their category beside them.',
  tables: [dimProduct, dimProductCategory],
  sql: 'views/product_flat.sql',
  describe: { product_category: 'Name of the category' },
});
